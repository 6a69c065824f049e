import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditRecord, auditRecorded } from '@sluice/contracts';
import { InProcessMessageBus, publishSafely } from '@sluice/messaging';
import { createDataSource, createScratchDatabase, migrate, ScratchDatabase } from '@sluice/metadata-db';
import { AuditSpool, RunningApp, startAuditShipper } from '@sluice/service-kit';
import { DataSource } from 'typeorm';
import { readAuditServiceConfig, startAuditService } from '../src/index.js';

function newRecord(changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id: randomUUID(),
    at: '2026-01-02T03:04:05.678Z',
    action: 'query',
    subject: 'ada',
    clientId: 'ca-viewer',
    tenant: 'CA',
    dataset: 'flights',
    columns: ['flights.origin', `odd "name", {x} \\ ü`],
    masks: ['customers.name'],
    queryHash: 'ab'.repeat(32),
    rows: 100,
    status: 200,
    code: null,
    durationMs: 12.5,
    requestId: 'r-1',
    address: '127.0.0.1',
    jobId: null,
    ...changes,
  };
}

describe('audit-service', () => {
  let database: ScratchDatabase;
  let dataSource: DataSource;
  let bus: InProcessMessageBus;
  let app: RunningApp;

  beforeEach(async () => {
    database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
    dataSource = await createDataSource({
      url: database.url,
      poolSize: 4,
      connectTimeoutMs: 30_000,
      statementTimeoutMs: 30_000,
    });
    bus = new InProcessMessageBus({ firstRedeliveryMs: 10, longestRedeliveryMs: 50 });
    app = await startAuditService(readAuditServiceConfig({ SLUICE_LOG_LEVEL: 'silent' }), {
      bus,
      dataSource,
    });
  });

  afterEach(async () => {
    await bus.close(1_000);
    await app.close(1_000);
    await dataSource.destroy();
    await database.drop();
  });

  const count = async (): Promise<number> => {
    const [row] = await dataSource.query<[{ n: number }]>('select count(*)::integer as n from audit_record');
    return row.n;
  };

  it('is ready once the schema is', async () => {
    await expect(app.notReady()).resolves.toEqual(['migrations']);
    await migrate(dataSource);
    await expect(app.notReady()).resolves.toEqual([]);
  });

  it('keeps every field of a record', async () => {
    await migrate(dataSource);
    const record = newRecord();
    const bare = newRecord({
      action: 'denied',
      subject: null,
      clientId: null,
      tenant: null,
      dataset: null,
      columns: [],
      masks: [],
      queryHash: null,
      rows: null,
      status: 401,
      code: 'unauthenticated',
      address: null,
    });
    await publishSafely(bus, auditRecorded, { records: [record, bare] });
    const rows = await dataSource.query<unknown[]>(
      `select id, at, action, subject, client_id as "clientId", tenant, dataset, columns, masks,
        query_hash as "queryHash", rows::integer, status, code, duration_ms as "durationMs",
        request_id as "requestId", address, job_id as "jobId" from audit_record order by status`,
    );
    expect(rows).toEqual([
      { ...record, at: new Date(record.at) },
      { ...bare, at: new Date(bare.at) },
    ]);
  });

  it('counts a record once, however often it comes', async () => {
    await migrate(dataSource);
    const records = Array.from({ length: 500 }, () => newRecord());
    await publishSafely(bus, auditRecorded, { records });
    await publishSafely(bus, auditRecorded, {
      records: [...records.slice(250), ...records.slice(400), newRecord()],
    });
    await expect(count()).resolves.toBe(501);
  });

  it('takes a batch after the database was away', async () => {
    const published = publishSafely(bus, auditRecorded, { records: [newRecord()] });
    await delay(50); // the table is not there yet: deliveries fail
    await migrate(dataSource);
    await published;
    await expect(count()).resolves.toBe(1);
  });

  it('takes what a spool ships, and the spool is empty afterwards', async () => {
    await migrate(dataSource);
    const folder = mkdtempSync(join(tmpdir(), 'sluice-spool-'));
    const spool = new AuditSpool({ folder, maxBytes: 1 << 24 });
    const shipper = startAuditShipper(spool, (records) => publishSafely(bus, auditRecorded, { records }));
    await Promise.all(Array.from({ length: 1_234 }, () => spool.record(newRecord())));
    await shipper.stop(50_000);
    await spool.close();
    await expect(count()).resolves.toBe(1_234);
    expect(readdirSync(folder).filter((name) => !name.endsWith('.jsonl'))).toEqual(['shipped']);
    rmSync(folder, { recursive: true });
  });
});
