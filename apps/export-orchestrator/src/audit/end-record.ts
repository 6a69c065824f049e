import { AuditRecord, ErrorCode, ERROR_CODES, ExportManifest } from '@sluice/contracts';
import { randomUUID } from 'node:crypto';
import { JobRow } from '../job/job-row.js';
import { jobFacts } from './job-facts.js';

/** How a job ended. */
export type JobEnd =
  | { readonly state: 'Succeeded'; readonly manifest: ExportManifest }
  | { readonly state: 'Failed'; readonly code: ErrorCode }
  | { readonly state: 'Canceled' };

/** The record of a job's end, told of who submitted it; it took as long as the caller waited for it. */
export function endRecord(job: JobRow, end: JobEnd, now: Date): AuditRecord {
  const { subject, clientId } = job.principal;
  return {
    id: randomUUID(),
    at: now.toISOString(),
    action: 'export.end',
    subject,
    clientId,
    ...job.origin,
    // The row was written by the database's clock, which need not be ours.
    durationMs: Math.max(0, now.getTime() - job.created_at.getTime()),
    ...jobFacts(job),
    ...outcomeOf(end),
  };
}

function outcomeOf(end: JobEnd): Partial<AuditRecord> & Pick<AuditRecord, 'status' | 'code'> {
  switch (end.state) {
    case 'Succeeded': {
      const { rows, columns, queryHash } = end.manifest;
      const names = columns.map(({ name }) => name);
      const masks = columns.filter(({ masked }) => masked).map(({ name }) => name);
      return { status: 200, code: null, rows, columns: names, masks, queryHash };
    }
    case 'Failed':
      return { status: ERROR_CODES[end.code].status, code: end.code };
    case 'Canceled':
      return { status: ERROR_CODES['query-canceled'].status, code: 'query-canceled' };
  }
}
