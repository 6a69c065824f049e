import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { AuditRecord, auditRecorded } from '@sluice/contracts';
import { connectRabbitMq } from '@sluice/messaging';
import { aloneOnBroker } from '@sluice/messaging/test/alone-on-broker.js';
import { createDataSource, createScratchDatabase, openMetadata, ScratchDatabase } from '@sluice/metadata-db';
import { messageKeys, StoppedAtStart } from '@sluice/service-kit';
import { startNetworkedAuditService } from '../src/networked.js';

const SECRET = 'a secret of this test, more than thirty-two characters';

const record: AuditRecord = {
  id: randomUUID(),
  at: '2026-01-02T03:04:05.678Z',
  action: 'query',
  subject: null,
  clientId: null,
  tenant: 'CA',
  dataset: 'flights',
  columns: [],
  masks: [],
  queryHash: null,
  rows: 1,
  status: 200,
  code: null,
  durationMs: 1,
  requestId: 'r',
  address: null,
  jobId: null,
};

describe('audit-service as a process of its own', () => {
  let database: ScratchDatabase;

  let letNextIn: () => Promise<void>;
  beforeAll(async () => {
    letNextIn = await aloneOnBroker();
    database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
  }, 300_000);
  afterAll(async () => {
    await database.drop();
    await letNextIn();
  });

  const env = (changes: Record<string, string> = {}): Record<string, string | undefined> => ({
    SLUICE_POSTGRES_URL: database.url,
    SLUICE_RABBITMQ_URL: process.env['SLUICE_TEST_RABBITMQ_URL'],
    SLUICE_SECRET: SECRET,
    SLUICE_HEALTH_PORT: '0',
    SLUICE_LOG_LEVEL: 'silent',
    SLUICE_HOME: tmpdir(),
    ...changes,
  });

  it('waits until somebody has migrated, takes records from the broker into the trail, and ends cleanly', async () => {
    const starting = startNetworkedAuditService(env());
    const migrated = await openMetadata(database.url, () => undefined);
    const app = await starting;
    await expect(app.notReady()).resolves.toEqual([]);
    const url = env()['SLUICE_RABBITMQ_URL'] ?? '';
    const bus = await connectRabbitMq({ url, service: 'gateway', keysOf: messageKeys(SECRET) });
    await bus.publish(auditRecorded, { records: [record] });
    await bus.publish(auditRecorded, { records: [record] });
    await bus.close(1_000);
    await app.close(5_000);
    await migrated.destroy();

    const settings = { poolSize: 1, connectTimeoutMs: 30_000, statementTimeoutMs: 30_000 };
    const dataSource = await createDataSource({ url: database.url, ...settings });
    for (let tries = 0; tries < 300; tries += 1) {
      const rows = await dataSource.query<unknown[]>('select id from audit_record');
      if (rows.length > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await expect(dataSource.query('select id from audit_record')).resolves.toEqual([{ id: record.id }]);
    await dataSource.destroy();
  });

  it('goes on trying what it cannot reach until it is told to stop', async () => {
    const stop = new AbortController();
    const unreachable = 'postgres://ada:hunter2@127.0.0.1:1/nothing';
    const starting = startNetworkedAuditService(env({ SLUICE_POSTGRES_URL: unreachable }), stop.signal);
    const outcome = expect(starting).rejects.toThrow(StoppedAtStart);
    stop.abort();
    await outcome;
  });

  it('is not ready once the database was changed so that it cannot run with it, and again when it was not', async () => {
    const dataSource = await openMetadata(database.url, () => undefined);
    const app = await startNetworkedAuditService(env());
    const apply = (name: string) =>
      dataSource.query('insert into schema_migration (timestamp, name) values (1, $1)', [name]);
    await apply('More998_1700000000998');
    await expect(app.notReady()).resolves.toEqual([]);
    await apply('DropRecords999Needs998_1700000000999');
    await expect(app.notReady()).resolves.toEqual(['schema-too-new']);
    await dataSource.query(`delete from schema_migration where name like '%99%'`);
    await expect(app.notReady()).resolves.toEqual([]);
    await app.close(5_000);
    await dataSource.destroy();
  });
});
