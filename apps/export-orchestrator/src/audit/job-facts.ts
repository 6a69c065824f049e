import { AuditRecord } from '@sluice/contracts';
import { JobRow } from '../job/job-row.js';

/** What a record says about the export that a request was for. */
export function jobFacts(
  job: JobRow,
): Pick<AuditRecord, 'jobId' | 'tenant' | 'dataset' | 'columns' | 'masks' | 'queryHash' | 'rows'> {
  return {
    jobId: job.id,
    tenant: job.tenant,
    dataset: job.dataset,
    columns: job.output_columns.map(({ name }) => name),
    masks: job.output_columns.filter(({ masked }) => masked).map(({ name }) => name),
    queryHash: job.query_hash,
    rows: job.manifest?.rows ?? null,
  };
}
