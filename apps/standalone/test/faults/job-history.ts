import { JobState } from '@sluice/contracts';
import { DataSource } from 'typeorm';

/** One change of a job's state or attempt, as the database saw it. */
export interface JobChange {
  readonly job_id: string;
  readonly tenant: string;
  readonly old_state: JobState | null;
  readonly new_state: JobState;
  readonly old_attempt: number;
  readonly attempt: number;
  /** ms since 1970, by the database's clock. */
  readonly at: number;
  readonly run_after: number;
  /** When the statement came to the database that made the change; what it reckons from the clock is no earlier, and no later than `at`. */
  readonly asked: number;
}

/** Makes the database keep each change of a job, whoever makes it. */
export async function keepHistory(database: DataSource): Promise<void> {
  await database.query(`create table fault_history (
    seq bigint generated always as identity primary key, job_id uuid, tenant text, old_state text, new_state text,
    old_attempt integer, attempt integer, at timestamptz, run_after timestamptz, asked timestamptz)`);
  await database.query(`create function keep_fault_history() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        insert into fault_history (job_id, tenant, old_state, new_state, old_attempt, attempt, at, run_after, asked)
          values (new.id, new.tenant, null, new.state, 0, new.attempt, clock_timestamp(), new.run_after,
            statement_timestamp());
      elsif (old.state, old.attempt) is distinct from (new.state, new.attempt) then
        insert into fault_history (job_id, tenant, old_state, new_state, old_attempt, attempt, at, run_after, asked)
          values (new.id, new.tenant, old.state, new.state, old.attempt, new.attempt, clock_timestamp(), new.run_after,
            statement_timestamp());
      end if;
      return null;
    end $$`);
  await database.query(
    `create trigger fault_history after insert or update on export_job for each row execute function keep_fault_history()`,
  );
}

/** All changes, in the order in which they were made. */
export function readHistory(database: DataSource): Promise<JobChange[]> {
  return database.query<JobChange[]>(
    `select job_id, tenant, old_state, new_state, old_attempt, attempt,
      (extract(epoch from at) * 1000)::float8 as at, (extract(epoch from run_after) * 1000)::float8 as run_after,
      (extract(epoch from coalesce(asked, at)) * 1000)::float8 as asked
      from fault_history order by seq`,
  );
}

/**
 * The most jobs of one tenant that ran at once. Exact: a change of a running job waits for the one before it, by the lock of its tenant's
 * count, so the order of the changes is the one in which they came about.
 */
export function mostActive(history: readonly JobChange[]): number {
  const active = new Map<string, number>();
  let most = 0;
  for (const { tenant, old_state, new_state } of history) {
    const change = Number(new_state === 'Running') - Number(old_state === 'Running');
    const now = (active.get(tenant) ?? 0) + change;
    active.set(tenant, now);
    most = Math.max(most, now);
  }
  return most;
}
