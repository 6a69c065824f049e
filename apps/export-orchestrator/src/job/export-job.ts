import { ExportJob, ExportResult, JobState } from '@sluice/contracts';
import { JobRow } from './job-row.js';

/** Writes a row as callers see the job. `queuePosition` counts from 1 in the tenant's own line. */
export function toExportJob(row: JobRow, queuePosition: number | null): ExportJob {
  const rowsDone = Number(row.rows_done);
  const rowsExpected = row.rows_expected === null ? null : Number(row.rows_expected);
  return {
    jobId: row.id,
    tenant: row.tenant,
    state: row.state,
    format: row.spec.format,
    compression: row.spec.compression,
    progress: { percent: percentOf(row.state, rowsDone, rowsExpected), rowsDone, rowsExpected },
    attempt: row.attempt,
    queuePosition,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    error: errorOf(row),
    result: resultOf(row),
    expired: row.file_expired === true,
  };
}

/** 100 is kept for a file that is there: an estimate of the rows may be too low. */
function percentOf(state: JobState, done: number, expected: number | null): number {
  if (state === 'Succeeded') return 100;
  if (expected === null || expected === 0) return 0;
  return Math.min(99, Math.floor((done / expected) * 100));
}

/** A job that waits to be tried again keeps its last fault to itself. */
function errorOf(row: JobRow): ExportJob['error'] {
  if (row.state !== 'Failed' || row.error_code === null) return null;
  return { code: row.error_code, message: row.error_message ?? '' };
}

function resultOf({ manifest, file_expires_at: expires }: JobRow): ExportResult | null {
  if (manifest === null || expires === null) return null;
  const { rows, bytes, sha256 } = manifest;
  return { rows, bytes, sha256, fileExpiresAt: expires.toISOString(), manifest };
}
