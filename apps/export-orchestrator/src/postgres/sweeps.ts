import { exportReady } from '@sluice/contracts';
import { JobRow } from '../job/job-row.js';
import { Sql } from './job-database.js';
import { MAX_ACTIVE } from './slots.js';

/** Jobs whose worker has fallen silent; the lease is looked at again under the row's lock. */
export async function findLostJobs(sql: Sql, limit: number): Promise<readonly string[]> {
  const rows = await sql.rows<{ id: string }>(
    `select id from export_job where state = 'Running' and lease_expires_at <= clock_timestamp()
      order by lease_expires_at limit $1`,
    [limit],
  );
  return rows.map(({ id }) => id);
}

/**
 * Wakes workers again for jobs that may run and that nobody picked up: their message was lost, or all are busy. The pause doubles, up to
 * 64 times the first, so that a long line does not fill the broker.
 */
export async function wakeForgotten(sql: Sql, wakeAfterMs: number, limit: number): Promise<number> {
  const rows = await sql.rows(
    `with forgotten as (
        select j.id from export_job j join export_slots s on s.tenant = j.tenant and s.active < $4
          where j.state = 'Pending' and j.wake_at <= clock_timestamp()
          order by j.wake_at limit $2 for update of j skip locked
      ), woken as (
        update export_job j
          set wakes = j.wakes + 1,
            wake_at = clock_timestamp() + $1 * 2 ^ least(j.wakes + 1, 6) * interval '1 millisecond'
          from forgotten f where j.id = f.id returning j.id
      )
      insert into outbox (event, message, publish_after)
        select $3, json_build_object('jobId', id), clock_timestamp() from woken returning id`,
    [wakeAfterMs, limit, exportReady.name, MAX_ACTIVE],
  );
  return rows.length;
}

export interface UntidyJob extends Pick<
  JobRow,
  'id' | 'tenant' | 'dataset' | 'spec' | 'attempt' | 'manifest'
> {
  readonly file_expired: boolean | null;
  /** The value that `settleTidied` must still find. */
  readonly token: string;
}

/** Takes jobs whose files are due; who dies over them leaves them due again after `againMs`. */
export function takeUntidy(sql: Sql, againMs: number, limit: number): Promise<readonly UntidyJob[]> {
  return sql.rows<UntidyJob>(
    `update export_job j set tidy_at = clock_timestamp() + $1 * interval '1 millisecond'
      where j.id in (
        select id from export_job where tidy_at <= clock_timestamp() order by tidy_at limit $2 for update skip locked
      )
      returning j.id, j.tenant, j.dataset, j.spec, j.attempt, j.manifest,
        j.file_expires_at <= clock_timestamp() as file_expired, j.tidy_at::text as token`,
    [againMs, limit],
  );
}

/** A file that is kept is due again when it expires. Changes nothing when the job became due anew meanwhile. */
export async function settleTidied(sql: Sql, jobId: string, token: string): Promise<void> {
  await sql.rows(
    `update export_job
      set tidy_at = case when file_expires_at > clock_timestamp() then file_expires_at end
      where id = $1 and tidy_at = $2::timestamptz`,
    [jobId, token],
  );
}

export async function forgetIdempotencyKeys(sql: Sql, olderThanMs: number, limit: number): Promise<void> {
  await sql.rows(
    `delete from export_idempotency where scope_hash in (
      select scope_hash from export_idempotency
        where created_at < clock_timestamp() - $1 * interval '1 millisecond' order by created_at limit $2
    )`,
    [olderThanMs, limit],
  );
}

export async function forgetSubmissions(sql: Sql, olderThanMs: number, limit: number): Promise<void> {
  await sql.rows(
    `delete from export_submission where id in (
      select id from export_submission
        where taken_at < clock_timestamp() - $1 * interval '1 millisecond' order by taken_at limit $2
    )`,
    [olderThanMs, limit],
  );
}
