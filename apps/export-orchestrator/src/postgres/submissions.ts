import { ExportSpec, Origin, OutputColumn, Principal } from '@sluice/contracts';
import { Sql } from './job-database.js';

/**
 * Spaces of advisory locks. Whoever takes several takes them in this order, so two submissions cannot wait for each other.
 */
export const LOCK_SPACES = { submission: 71_000, idempotencyKey: 71_001, payload: 71_002 } as const;

/** Lets one submission of the same id, key or payload through at a time; the lock goes with the transaction. */
export async function lockSubmission(
  sql: Sql,
  space: (typeof LOCK_SPACES)[keyof typeof LOCK_SPACES],
  hash: string,
): Promise<void> {
  await sql.rows(`select pg_advisory_xact_lock($1, hashtext($2))`, [space, hash]);
}

export async function findIdempotent(
  sql: Sql,
  scopeHash: string,
): Promise<{ readonly jobId: string; readonly payloadHash: string } | undefined> {
  const [row] = await sql.rows<{ jobId: string; payloadHash: string }>(
    `select job_id as "jobId", payload_hash as "payloadHash" from export_idempotency where scope_hash = $1`,
    [scopeHash],
  );
  return row;
}

export async function keepIdempotent(
  sql: Sql,
  kept: { scopeHash: string; payloadHash: string; jobId: string },
): Promise<void> {
  await sql.rows(
    `insert into export_idempotency (scope_hash, payload_hash, job_id, created_at)
      values ($1, $2, $3, clock_timestamp())`,
    [kept.scopeHash, kept.payloadHash, kept.jobId],
  );
}

/** What was answered to a submission. */
export interface Taken {
  readonly jobId: string;
  readonly created: boolean;
}

export async function findTaken(sql: Sql, submissionId: string): Promise<Taken | undefined> {
  const [row] = await sql.rows<Taken>(
    `select job_id as "jobId", created from export_submission where id = $1`,
    [submissionId],
  );
  return row;
}

export async function keepTaken(sql: Sql, submissionId: string, { jobId, created }: Taken): Promise<void> {
  await sql.rows(
    `insert into export_submission (id, job_id, created, taken_at) values ($1, $2, $3, clock_timestamp())`,
    [submissionId, jobId, created],
  );
}

/** The youngest job of the same payload and view that still stands for it. */
export async function findTwin(sql: Sql, dedupeKey: string, windowMs: number): Promise<string | undefined> {
  const [row] = await sql.rows<{ id: string }>(
    `select id from export_job
      where dedupe_key = $1 and created_at > clock_timestamp() - $2 * interval '1 millisecond'
        and state in ('Pending', 'Running', 'Succeeded')
        and (file_expires_at is null or file_expires_at > clock_timestamp())
      order by created_at desc limit 1`,
    [dedupeKey, windowMs],
  );
  return row?.id;
}

export interface NewJob {
  readonly jobId: string;
  readonly tenant: string;
  readonly principal: Principal;
  readonly origin: Origin;
  readonly spec: ExportSpec;
  readonly dataset: string;
  readonly columns: readonly OutputColumn[];
  readonly queryHash: string;
  readonly dedupeKey: string;
  readonly rowsExpected: number | null;
  readonly wakeAfterMs: number;
}

export async function insertJob(sql: Sql, job: NewJob): Promise<void> {
  await sql.rows(
    `insert into export_job (id, tenant, client_id, subject, principal, origin, spec, dataset, output_columns, query_hash,
        dedupe_key, rows_expected, state, run_after, wake_at, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'Pending', clock_timestamp(),
        clock_timestamp() + $13 * interval '1 millisecond', clock_timestamp())`,
    [
      job.jobId,
      job.tenant,
      job.principal.clientId,
      job.principal.subject,
      JSON.stringify(job.principal),
      JSON.stringify(job.origin),
      JSON.stringify(job.spec),
      job.dataset,
      JSON.stringify(job.columns),
      job.queryHash,
      job.dedupeKey,
      job.rowsExpected,
      job.wakeAfterMs,
    ],
  );
}

export async function addSubmitter(sql: Sql, jobId: string, { clientId, subject }: Principal): Promise<void> {
  await sql.rows(
    `insert into export_job_submitter (job_id, client_id, subject) values ($1, $2, $3) on conflict do nothing`,
    [jobId, clientId, subject],
  );
}
