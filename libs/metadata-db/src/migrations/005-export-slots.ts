import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many jobs of each tenant run and wait, kept by a trigger in the transaction that moves the job: no writer, of this version or of
 * the one before, can move a job and not its count (decision 033). An eleventh running job is refused by the database itself.
 *
 * Locking: holds `export_job` against writers from its first statement on, while its live jobs are counted, so that no job moves uncounted.
 * These have indexes of their own, so the count reads no others. Whoever waits past its lock time-out is told to come again.
 */
export class ExportSlots005_1700000000005 implements MigrationInterface {
  readonly name = 'ExportSlots005_1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  /** Forward only: running orchestrators count on it. */
  down(): Promise<void> {
    return Promise.reject(new Error('Migrations run forward only.'));
  }
}

const STATEMENTS = [
  `alter table export_job add column losses integer not null default 0`,
  `comment on column export_job.losses is 'attempts whose worker fell silent'`,
  `create table export_slots (
    tenant text primary key,
    active integer not null default 0 check (active >= 0),
    waiting integer not null default 0 check (waiting >= 0),
    last_started_at timestamptz
  )`,
  `comment on table export_slots is 'running and waiting jobs of each tenant; kept by a trigger on export_job'`,
  `comment on column export_slots.last_started_at is 'the tenant served longest ago goes first among equals'`,
  `create index export_slots_line on export_slots (active, last_started_at nulls first) where waiting > 0`,
  `create index export_job_submitter_jobs on export_job_submitter (client_id, subject, job_id)`,
  `create function count_export_slots() returns trigger language plpgsql as $$
  declare
    was text := case when tg_op = 'INSERT' then '' else old.state end;
    becomes text := case when tg_op = 'DELETE' then '' else new.state end;
    of_tenant text := case when tg_op = 'DELETE' then old.tenant else new.tenant end;
    started integer := (becomes = 'Running')::integer - (was = 'Running')::integer;
    joined integer := (becomes = 'Pending')::integer - (was = 'Pending')::integer;
  begin
    if started = 0 and joined = 0 then
      return null;
    end if;
    insert into export_slots (tenant) values (of_tenant) on conflict do nothing;
    update export_slots
      set active = greatest(active + started, 0), waiting = greatest(waiting + joined, 0),
        last_started_at = case when started > 0 then clock_timestamp() else last_started_at end
      where tenant = of_tenant and (started <= 0 or active < 10);
    if not found then
      raise exception 'The tenant runs 10 exports already.' using errcode = 'check_violation';
    end if;
    return null;
  end
  $$`,
  `create trigger export_job_slots after insert or delete or update of state on export_job
    for each row execute function count_export_slots()`,
  `insert into export_slots (tenant, active, waiting)
    select tenant, count(*) filter (where state = 'Running'), count(*) filter (where state = 'Pending')
      from export_job where state in ('Pending', 'Running') group by tenant`,
];
