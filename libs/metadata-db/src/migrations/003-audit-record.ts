import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit trail: rows come, and never change or go. A trigger refuses it rather than a missing grant, because the
 * services' own role owns the table and an owner cannot be denied.
 *
 * Locking: creates a table, its indexes and triggers only, so it waits for nobody and nobody waits for it.
 */
export class AuditRecord003_1700000000003 implements MigrationInterface {
  readonly name = 'AuditRecord003_1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  /** Forward only: the trail is not ours to throw away. */
  down(): Promise<void> {
    return Promise.reject(new Error('Migrations run forward only.'));
  }
}

const STATEMENTS = [
  `create table audit_record (
    id uuid primary key,
    at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    action text not null,
    subject text,
    client_id text,
    tenant text,
    dataset text,
    columns text[] not null,
    masks text[] not null,
    query_hash text,
    rows bigint,
    status integer not null,
    code text,
    duration_ms double precision not null,
    request_id text not null,
    address text,
    job_id text
  )`,
  `comment on column audit_record.at is 'when the service answered'`,
  `comment on column audit_record.recorded_at is 'when the record reached the trail'`,
  `create index audit_record_tenant_at on audit_record (tenant, at desc, id)`,
  `create index audit_record_at on audit_record (at desc, id)`,
  `create function refuse_audit_change() returns trigger language plpgsql as $$
  begin
    raise exception 'The audit trail is append-only: % is refused.', lower(tg_op)
      using errcode = 'insufficient_privilege';
  end
  $$`,
  `create trigger audit_record_append_only before update or delete or truncate on audit_record
    for each statement execute function refuse_audit_change()`,
];
