import { createDataSource, createScratchDatabase, migrate, type ScratchDatabase } from '@sluice/metadata-db';
import { type DataSource } from 'typeorm';
import { createClient } from '../src/index.js';
import { startHarness, type Harness } from './gateway-harness.js';

describe('the token endpoint', () => {
  let database: ScratchDatabase;
  let dataSource: DataSource;
  let harness: Harness;
  let secret: string;

  beforeAll(async () => {
    database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
    dataSource = await createDataSource({
      url: database.url,
      poolSize: 4,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 5_000,
    });
    await migrate(dataSource);
    const client = { clientId: 'ca-viewer', tenants: ['CA'], roles: ['viewer'] } as const;
    ({ clientSecret: secret } = await createClient(dataSource, client));
    const rateLimits = { perMinute: 0, failuresPerMinute: 3, redisUrl: null };
    harness = await startHarness({ dataSource, config: { rateLimits } });
  });
  afterAll(async () => {
    await harness.stop();
    await dataSource.destroy();
    await database.drop();
  });

  const ask = (id: string, password: string, headers: Record<string, string> = {}) =>
    harness.ask('/oauth/token', {
      role: null,
      method: 'POST',
      headers: { ...headers, authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });

  it('lets nobody try secrets without end, whatever client or address they name', async () => {
    for (let at = 0; at < 5; at += 1) expect((await ask('ca-viewer', secret)).status).toBe(200);
    for (const id of ['ca-viewer', 'nobody', 'ca-viewer']) expect((await ask(id, 'wrong')).status).toBe(401);
    const refused = await ask('nobody-else', 'wrong', { 'x-forwarded-for': '203.0.113.9' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(await refused.json()).toMatchObject({
      code: 'rate-limited',
      limit: { name: 'failed-attempts', value: 3 },
    });
  });
});
