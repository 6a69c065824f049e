import { ExportJob } from '@sluice/contracts';
import { toExportJob } from '../job/export-job.js';
import { Sql } from './job-database.js';
import { findJob, queuePosition } from './job-reads.js';
import { jobNotFound } from './visible-job.js';

/** The job as callers see it. Throws `export-not-found`. */
export async function readJobView(sql: Sql, jobId: string): Promise<ExportJob> {
  const row = await findJob(sql, jobId);
  if (!row) throw jobNotFound();
  return toExportJob(row, row.state === 'Pending' ? await queuePosition(sql, row) : null);
}
