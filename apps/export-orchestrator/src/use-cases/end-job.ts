import { ErrorPayload, ExportManifest } from '@sluice/contracts';
import { endRecord } from '../audit/end-record.js';
import { JobRow } from '../job/job-row.js';
import { Sql } from '../postgres/job-database.js';
import { endWithFile, endWithoutFile } from '../postgres/job-writes.js';
import { leaveRecord, leaveReadyNext } from '../postgres/outbox.js';

/** An end that leaves no file. */
export type EndWithoutFile =
  | { readonly state: 'Failed'; readonly error: ErrorPayload }
  | { readonly state: 'Canceled'; readonly error: null };

/**
 * Ends a job in the transaction that holds its row: its state, the one record of its end, and word for the next in line. Whoever ended it, a
 * caller, a worker or the sweeper, comes through here, so no job ends unrecorded or is recorded twice (SPEC A1).
 */
export async function endJobWithoutFile(
  sql: Sql,
  job: JobRow,
  end: EndWithoutFile,
  tidyAfterMs: number,
): Promise<void> {
  await endWithoutFile(sql, { jobId: job.id, ...end, tidyAfterMs });
  const how =
    end.state === 'Failed'
      ? ({ state: end.state, code: end.error.code } as const)
      : ({ state: end.state } as const);
  await leaveRecord(sql, endRecord(job, how, new Date()));
  await leaveReadyNext(sql, job.tenant);
}

/** Ends a job with its file, as `endJobWithoutFile` does without one. */
export async function endJobWithFile(
  sql: Sql,
  job: JobRow,
  file: {
    readonly fileName: string;
    readonly manifest: ExportManifest;
    readonly retentionMs: number;
    readonly tidyAfterMs: number;
  },
): Promise<void> {
  await endWithFile(sql, { jobId: job.id, ...file });
  await leaveRecord(sql, endRecord(job, { state: 'Succeeded', manifest: file.manifest }, new Date()));
  await leaveReadyNext(sql, job.tenant);
}
