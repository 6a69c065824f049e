import { AuditRecord, auditRecorded, EventDefinition, exportReady } from '@sluice/contracts';
import { Sql } from './job-database.js';

export interface OutboxRow<T> {
  /** A 64-bit integer, in digits. */
  readonly id: string;
  readonly message: T;
}

/** Leaves word that a job is ready; the relay publishes it once the pause is over. */
export async function leaveReady(sql: Sql, jobId: string, pauseMs = 0): Promise<void> {
  await sql.rows(
    `insert into outbox (event, message, publish_after)
      values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')`,
    [exportReady.name, JSON.stringify({ jobId }), pauseMs],
  );
}

/** Leaves word, after a slot came free, that the tenant's next waiting job may be claimed; nothing when none waits. */
export async function leaveReadyNext(sql: Sql, tenant: string): Promise<void> {
  await sql.rows(
    `insert into outbox (event, message, publish_after)
      select $1, json_build_object('jobId', id), clock_timestamp() from export_job
        where tenant = $2 and state = 'Pending' and run_after <= clock_timestamp()
        order by created_at, id limit 1`,
    [exportReady.name, tenant],
  );
}

/** Leaves a record for the audit trail, which counts it once however often it is published. */
export async function leaveRecord(sql: Sql, record: AuditRecord): Promise<void> {
  await sql.rows(`insert into outbox (event, message, publish_after) values ($1, $2, clock_timestamp())`, [
    auditRecorded.name,
    JSON.stringify({ records: [record] }),
  ]);
}

/** What is due of an event, oldest first, held so that another relay takes other rows. */
export function takeDue<T>(
  sql: Sql,
  event: EventDefinition<T>,
  limit: number,
): Promise<readonly OutboxRow<T>[]> {
  return sql.rows<OutboxRow<T>>(
    `select id, message from outbox
      where event = $1 and publish_after <= clock_timestamp()
      order by publish_after, id limit $2 for update skip locked`,
    [event.name, limit],
  );
}

/** A row that was sent has done its work: removing it marks it, and keeps the table small. */
export async function removeSent(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql.rows(`delete from outbox where id = any($1::bigint[])`, [ids]);
}
