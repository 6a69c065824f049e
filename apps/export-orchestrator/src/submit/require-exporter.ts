import { hasRole, Principal, SluiceError } from '@sluice/contracts';

/** Throws `role-required` unless the caller may export. Comes before anything is looked up, so it tells nothing of jobs. */
export function requireExporter(principal: Principal): void {
  if (hasRole(principal, 'exporter')) return;
  throw new SluiceError('role-required', 'Exports need the role "exporter" or "admin".');
}
