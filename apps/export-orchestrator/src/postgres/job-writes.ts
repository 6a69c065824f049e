import { ErrorPayload, ExportManifest } from '@sluice/contracts';
import { Sql } from './job-database.js';

const MS = (parameter: string): string => `${parameter} * interval '1 millisecond'`;

export async function startAttempt(
  sql: Sql,
  run: { jobId: string; attempt: number; workerId: string; leaseMs: number },
): Promise<void> {
  await sql.rows(
    `update export_job
      set state = 'Running', attempt = $2, worker_id = $3, rows_done = 0,
        lease_expires_at = clock_timestamp() + ${MS('$4')}, started_at = coalesce(started_at, clock_timestamp())
      where id = $1`,
    [run.jobId, run.attempt, run.workerId, run.leaseMs],
  );
}

export async function extendLease(
  sql: Sql,
  lease: { jobId: string; leaseMs: number; rowsDone: number; rowsExpected: number | null },
): Promise<void> {
  await sql.rows(
    `update export_job
      set lease_expires_at = clock_timestamp() + ${MS('$2')}, rows_done = greatest(rows_done, $3),
        rows_expected = coalesce($4, rows_expected)
      where id = $1`,
    [lease.jobId, lease.leaseMs, lease.rowsDone, lease.rowsExpected],
  );
}

/** Puts a job back into the line, to be run after a pause. `lost`: because its worker fell silent. */
export async function putBack(
  sql: Sql,
  back: { jobId: string; pauseMs: number; wakeAfterMs: number; error: ErrorPayload; lost: boolean },
): Promise<void> {
  await sql.rows(
    `update export_job
      set state = 'Pending', lease_expires_at = null, worker_id = null, rows_done = 0, wakes = 0,
        run_after = clock_timestamp() + ${MS('$2')}, wake_at = clock_timestamp() + ${MS('($2 + $3)')},
        error_code = $4, error_message = $5, losses = losses + $6::boolean::integer
      where id = $1`,
    [back.jobId, back.pauseMs, back.wakeAfterMs, back.error.code, printable(back.error.message), back.lost],
  );
}

/**
 * Ends a job that has no file. `tidyAfterMs`: when the sweeper removes what the job's attempts may have left in the store;
 * late enough for a worker that is just publishing to learn that it must not.
 */
export async function endWithoutFile(
  sql: Sql,
  end: { jobId: string; state: 'Failed' | 'Canceled'; error: ErrorPayload | null; tidyAfterMs: number },
): Promise<void> {
  await sql.rows(
    `update export_job
      set state = $2, lease_expires_at = null, worker_id = null, finished_at = clock_timestamp(),
        error_code = $3, error_message = $4, tidy_at = clock_timestamp() + ${MS('$5')}
      where id = $1`,
    [
      end.jobId,
      end.state,
      end.error?.code ?? null,
      end.error ? printable(end.error.message) : null,
      end.tidyAfterMs,
    ],
  );
}

/** Ends a job with its file. `tidyAfterMs`: when what earlier attempts may have left is removed. */
export async function endWithFile(
  sql: Sql,
  end: {
    jobId: string;
    fileName: string;
    manifest: ExportManifest;
    retentionMs: number;
    tidyAfterMs: number;
  },
): Promise<void> {
  await sql.rows(
    `update export_job
      set state = 'Succeeded', lease_expires_at = null, worker_id = null, finished_at = clock_timestamp(),
        error_code = null, error_message = null, rows_done = $4, rows_expected = $4, file_name = $2, manifest = $3,
        file_expires_at = clock_timestamp() + ${MS('$5')},
        tidy_at = clock_timestamp() + ${MS('$6')}
      where id = $1`,
    [
      end.jobId,
      end.fileName,
      JSON.stringify(end.manifest),
      end.manifest.rows,
      end.retentionMs,
      end.tidyAfterMs,
    ],
  );
}

/** From now on the file counts as gone. */
export async function expireFile(sql: Sql, jobId: string): Promise<void> {
  await sql.rows(
    `update export_job
      set file_expires_at = least(file_expires_at, clock_timestamp()), tidy_at = clock_timestamp()
      where id = $1`,
    [jobId],
  );
}

/** Postgres keeps no NUL in text; a message may quote one out of a request. */
function printable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
