import { hasRole, Principal, SluiceError } from '@sluice/contracts';
import { JobRow } from '../job/job-row.js';
import { findJob, isSubmitter } from './job-reads.js';
import { Sql } from './job-database.js';

/**
 * The job, if the caller may see it: an admin sees those of the tenants, others those that they submitted.
 *
 * @throws SluiceError `export-not-found`, the same for a job of others and for one that never was
 */
export async function visibleJob(sql: Sql, principal: Principal, jobId: string): Promise<JobRow> {
  const job = await findJob(sql, jobId);
  if (!job || !principal.tenants.includes(job.tenant)) throw jobNotFound();
  if (hasRole(principal, 'admin')) return job;
  if (await isSubmitter(sql, job.id, principal.clientId, principal.subject)) return job;
  throw jobNotFound();
}

export function jobNotFound(): SluiceError {
  return new SluiceError('export-not-found', 'There is no such export.');
}
