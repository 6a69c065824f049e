import { SluiceError, type JobRequest } from '@sluice/contracts';
import { originOf, principalOf, type EdgeRequest } from '../http/edge-request.js';

/** What the orchestrator is asked about one job. */
export function jobRequest(request: EdgeRequest, jobId: string): JobRequest {
  return { principal: principalOf(request), origin: originOf(request), jobId: checkedJobId(jobId) };
}

/** Throws `export-not-found` for what is no UUID, as for an unknown job. */
export function checkedJobId(id: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  throw new SluiceError('export-not-found', 'There is no such export.');
}
