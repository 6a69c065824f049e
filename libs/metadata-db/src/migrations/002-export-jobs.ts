import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Jobs of the export API and the outbox that wakes workers up for them.
 *
 * Locking: creates tables and indexes only, so it waits for nobody and nobody waits for it.
 *
 * `principal`, `origin` and `spec` are `json`, not `jsonb`: they are never queried, and `jsonb` refuses a NUL
 * character that a caller may well have written into a filter value.
 */
export class ExportJobs002_1700000000002 implements MigrationInterface {
  readonly name = 'ExportJobs002_1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  /** Forward only: a job's row is the record of what was delivered. */
  down(): Promise<void> {
    return Promise.reject(new Error('Migrations run forward only.'));
  }
}

const STATEMENTS = [
  `create table export_job (
    id uuid primary key,
    tenant text not null,
    client_id text not null,
    subject text not null,
    principal json not null,
    origin json not null,
    spec json not null,
    dataset text not null,
    output_columns json not null,
    query_hash text not null,
    dedupe_key text not null,
    state text not null check (state in ('Pending', 'Running', 'Succeeded', 'Failed', 'Canceled')),
    attempt integer not null default 0 check (attempt >= 0),
    worker_id text,
    lease_expires_at timestamptz,
    run_after timestamptz not null,
    wake_at timestamptz not null,
    wakes integer not null default 0,
    rows_done bigint not null default 0,
    rows_expected bigint,
    error_code text,
    error_message text,
    manifest json,
    file_name text,
    file_expires_at timestamptz,
    tidy_at timestamptz,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    check ((state = 'Running') = (lease_expires_at is not null)),
    check ((state = 'Succeeded') = (manifest is not null))
  )`,
  `comment on column export_job.wake_at is 'when workers are woken again for a job that nobody picked up'`,
  `comment on column export_job.tidy_at is 'when files of the job have to be looked after next'`,
  `create index export_job_dedupe on export_job (dedupe_key, created_at desc)`,
  `create index export_job_line on export_job (tenant, created_at, id) where state = 'Pending'`,
  `create index export_job_wake on export_job (wake_at) where state = 'Pending'`,
  `create index export_job_lease on export_job (lease_expires_at) where state = 'Running'`,
  `create index export_job_tidy on export_job (tidy_at) where tidy_at is not null`,
  `create table export_job_submitter (
    job_id uuid not null references export_job (id) on delete cascade,
    client_id text not null,
    subject text not null,
    primary key (job_id, client_id, subject)
  )`,
  `comment on table export_job_submitter is 'who submitted a job, first or again: they may see it'`,
  `create table export_idempotency (
    scope_hash text primary key,
    payload_hash text not null,
    job_id uuid not null references export_job (id) on delete cascade,
    created_at timestamptz not null
  )`,
  `comment on column export_idempotency.scope_hash is 'SHA-256 over tenant, client, subject and the key they sent'`,
  `create index export_idempotency_age on export_idempotency (created_at)`,
  `create index export_idempotency_job on export_idempotency (job_id)`,
  `create table outbox (
    id bigint generated always as identity primary key,
    event text not null,
    message json not null,
    publish_after timestamptz not null
  )`,
  `create index outbox_due on outbox (publish_after, id)`,
];
