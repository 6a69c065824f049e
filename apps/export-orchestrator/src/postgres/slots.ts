import { Sql } from './job-database.js';

/** Jobs of one tenant that may run at once (SPEC X4). The database refuses one more, whoever asks (migration 005). */
export const MAX_ACTIVE = 10;

/** What a tenant's counts said, and what its jobs say. */
export interface SlotDrift {
  readonly tenant: string;
  readonly active: number;
  readonly waiting: number;
  readonly activeJobs: number;
  readonly waitingJobs: number;
}

/** One claim at a time over all orchestrators, a few ms each: two at once would both choose the tenant with the fewest active. */
export async function lockClaims(sql: Sql): Promise<void> {
  await sql.rows(`select pg_advisory_xact_lock(71003, 0)`);
}

/**
 * The job to be run next, held by this transaction: of the tenants with a free slot and a job that is due, the one with the fewest
 * active, among equals the one served longest ago; of its jobs, the oldest. Jobs that another transaction is just moving are left out.
 */
export async function takeNextJob(sql: Sql): Promise<string | undefined> {
  const [row] = await sql.rows<{ id: string }>(
    `select j.id from export_slots s
      cross join lateral (
        select id, created_at from export_job
          where tenant = s.tenant and state = 'Pending' and run_after <= clock_timestamp()
          order by created_at, id limit $2
      ) line
      join export_job j on j.id = line.id
      where s.active < $1 and s.waiting > 0 and j.state = 'Pending'
      order by s.active, s.last_started_at nulls first, s.tenant, line.created_at, line.id
      limit 1 for update of j skip locked`,
    [MAX_ACTIVE, MAX_ACTIVE],
  );
  return row?.id;
}

/** Jobs in the tenant's line; held until this transaction ends, so that no two submissions take the last place. */
export async function lockLine(sql: Sql, tenant: string): Promise<number> {
  await sql.rows(`insert into export_slots (tenant) values ($1) on conflict do nothing`, [tenant]);
  const [row] = await sql.rows<{ waiting: number }>(
    `select waiting from export_slots where tenant = $1 for update`,
    [tenant],
  );
  return row?.waiting ?? 0;
}

const COUNTED = `select s.tenant, s.active, s.waiting, live."activeJobs", live."waitingJobs"
  from export_slots s cross join lateral (
    select count(*) filter (where state = 'Running')::integer as "activeJobs",
      count(*) filter (where state = 'Pending')::integer as "waitingJobs"
    from export_job where tenant = s.tenant and state in ('Pending', 'Running')
  ) live
  where (s.active, s.waiting) is distinct from (live."activeJobs", live."waitingJobs")`;

/** Tenants whose counts are not those of their jobs; looked at again under the lock. */
export async function findDrift(sql: Sql, limit: number): Promise<readonly string[]> {
  const rows = await sql.rows<SlotDrift>(`${COUNTED} limit $1`, [limit]);
  return rows.map(({ tenant }) => tenant);
}

/**
 * Sets a tenant's counts right, and tells what was wrong with them. Jobs that are moved meanwhile wait for the lock with their own
 * count, which they add to the mended one.
 */
export async function mendSlots(sql: Sql, tenant: string): Promise<SlotDrift | undefined> {
  await sql.rows(`select 1 from export_slots where tenant = $1 for update`, [tenant]);
  const [drift] = await sql.rows<SlotDrift>(`${COUNTED} and s.tenant = $1`, [tenant]);
  if (!drift) return undefined;
  await sql.rows(`update export_slots set active = $2, waiting = $3 where tenant = $1`, [
    tenant,
    drift.activeJobs,
    drift.waitingJobs,
  ]);
  return drift;
}
