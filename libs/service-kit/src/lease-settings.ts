import { z } from 'zod';
import { integerSetting } from './settings.js';

/** A lease outlives so many renewals at least, so that one late or lost renewal takes no job away from a live worker. */
export const RENEWALS_IN_LEASE = 3;

/** Variables about the lease of an export's worker, the same for who grants it and who renews it. */
export const leaseSettings = {
  SLUICE_EXPORT_LEASE_MS: integerSetting(1_000, 600_000).default(30_000),
  SLUICE_EXPORT_RENEW_EVERY_MS: integerSetting(100, 60_000).default(1_000),
};

/** Longest an attempt may run; whoever tidies up behind attempts needs it too. */
export const attemptSettings = { SLUICE_EXPORT_TIMEOUT_MINUTES: integerSetting(1, 1_440).default(360) };

type Lease = { readonly [Name in keyof typeof leaseSettings]: number };

/** Refuses a lease that ends before a worker has had several times to renew it; for `superRefine`. */
export function checkLease(
  { SLUICE_EXPORT_LEASE_MS: lease, SLUICE_EXPORT_RENEW_EVERY_MS: renewEvery }: Lease,
  context: z.RefinementCtx,
): void {
  if (lease >= RENEWALS_IN_LEASE * renewEvery) return;
  context.addIssue(
    `SLUICE_EXPORT_LEASE_MS has to be at least ${String(RENEWALS_IN_LEASE)} times SLUICE_EXPORT_RENEW_EVERY_MS, ` +
      'or a worker that renews late loses its job.',
  );
}
