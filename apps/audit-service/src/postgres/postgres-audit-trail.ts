import { AuditRecord } from '@sluice/contracts';
import { DataSource } from 'typeorm';
import { AuditTrail } from '../ports.js';

export class PostgresAuditTrail implements AuditTrail {
  constructor(private readonly dataSource: DataSource) {}

  append(records: readonly AuditRecord[]): Promise<number> {
    return insertNewRecords(this.dataSource, records);
  }
}

/** One statement for the whole batch; records that are there already, or twice in the batch, are passed over. */
async function insertNewRecords(dataSource: DataSource, records: readonly AuditRecord[]): Promise<number> {
  const inserted = await dataSource.query<unknown[]>(
    `insert into audit_record (id, at, action, subject, client_id, tenant, dataset, columns, masks, query_hash, rows,
        status, code, duration_ms, request_id, address, job_id)
      select id, at, action, subject, "clientId", tenant, dataset,
        array(select json_array_elements_text(columns)), array(select json_array_elements_text(masks)),
        "queryHash", rows, status, code, "durationMs", "requestId", address, "jobId"
      from json_to_recordset($1::json) as record (id uuid, at timestamptz, action text, subject text, "clientId" text,
        tenant text, dataset text, columns json, masks json, "queryHash" text, rows bigint, status integer, code text,
        "durationMs" double precision, "requestId" text, address text, "jobId" text)
      on conflict (id) do nothing
      returning id`,
    [JSON.stringify(records)],
  );
  return inserted.length;
}
