import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { AuditRecord, auditRecorded } from '@sluice/contracts';
import { connectRabbitMq } from '@sluice/messaging';
import { createDataSource, createScratchDatabase, ScratchDatabase } from '@sluice/metadata-db';
import { messageKeys } from '@sluice/service-kit';
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

  beforeAll(async () => {
    database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
  });
  afterAll(() => database.drop());

  const env = (changes: Record<string, string> = {}): Record<string, string | undefined> => ({
    SLUICE_POSTGRES_URL: database.url,
    SLUICE_RABBITMQ_URL: process.env['SLUICE_TEST_RABBITMQ_URL'],
    SLUICE_SECRET: SECRET,
    SLUICE_HEALTH_PORT: '0',
    SLUICE_LOG_LEVEL: 'silent',
    SLUICE_HOME: tmpdir(),
    ...changes,
  });

  it('migrates, takes records from the broker into the trail, and ends cleanly', async () => {
    const app = await startNetworkedAuditService(env());
    await expect(app.notReady()).resolves.toEqual([]);
    const url = env()['SLUICE_RABBITMQ_URL'] ?? '';
    const bus = await connectRabbitMq({ url, service: 'gateway', keysOf: messageKeys(SECRET) });
    await bus.publish(auditRecorded, { records: [record] });
    await bus.publish(auditRecorded, { records: [record] });
    await bus.close(1_000);
    await app.close(5_000);

    const settings = { poolSize: 1, connectTimeoutMs: 5_000, statementTimeoutMs: 5_000 };
    const dataSource = await createDataSource({ url: database.url, ...settings });
    for (let tries = 0; tries < 50; tries += 1) {
      const rows = await dataSource.query<unknown[]>('select id from audit_record');
      if (rows.length > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await expect(dataSource.query('select id from audit_record')).resolves.toEqual([{ id: record.id }]);
    await dataSource.destroy();
  }, 60_000);

  it('says what it cannot reach, and leaves nothing open', async () => {
    const unreachable = 'postgres://ada:hunter2@127.0.0.1:1/nothing';
    await expect(startNetworkedAuditService(env({ SLUICE_POSTGRES_URL: unreachable }))).rejects.toThrow(
      /^Postgres at 127\.0\.0\.1:1\/nothing cannot be used: .*ECONNREFUSED/,
    );
  });
});
