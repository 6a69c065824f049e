import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datasetsList } from '@sluice/contracts';
import { createDataSource, createScratchDatabase, migrate, type ScratchDatabase } from '@sluice/metadata-db';
import { decodeJwt } from 'jose';
import { type DataSource } from 'typeorm';
import { createClient, findClient } from '../src/index.js';
import { PUBLIC_URL, startHarness, type Harness } from './gateway-harness.js';

/** Claims of clients for row filters of the policy, from the database to the principal (SPEC P4). */
describe('claims of the built-in issuer', () => {
  let database: ScratchDatabase;
  let dataSource: DataSource;
  let harness: Harness;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-claims-'));
    database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
    const url = database.url;
    dataSource = await createDataSource({
      url,
      poolSize: 2,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 5_000,
    });
    await migrate(dataSource);
    const keysFile = join(folder, 'keys.json');
    const issuer = { kind: 'built-in' as const, audience: `${PUBLIC_URL}/api`, keysFile };
    harness = await startHarness({ dataSource, config: { issuer } });
    harness.bus.on(datasetsList, () => []);
  });
  afterAll(async () => {
    await harness.stop();
    await dataSource.destroy();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function tokenOf(clientId: string, secret: string): Promise<string> {
    const answer = await harness.ask('/oauth/token', {
      role: null,
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  it('stand in the tokens of the client, and all of them reach the services', async () => {
    const claims = { region: ['West', 'East'], 'org.level': '3', sub: 'root' };
    const client = { clientId: 'claiming', tenants: ['CA'], roles: ['viewer'], claims } as const;
    const { clientSecret } = await createClient(dataSource, client);
    const token = await tokenOf('claiming', clientSecret);
    expect(decodeJwt(token)).toMatchObject({ sub: 'claiming', policy_claims: claims });
    const answer = await harness.ask('/api/v1/datasets', { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    expect(harness.bus.asked.at(-1)?.message).toMatchObject({ principal: { subject: 'claiming', claims } });
  });

  it('are none of a client that was made without', async () => {
    const client = { clientId: 'plain', tenants: ['CA'], roles: ['viewer'] } as const;
    const { clientSecret } = await createClient(dataSource, client);
    expect(decodeJwt(await tokenOf('plain', clientSecret))).not.toHaveProperty('policy_claims');
  });

  it.each([
    [{ tenant: 'TX' }, 'none of subject, client, tenant'],
    [{ 'a b': 'x' }, "A claim's name is a letter"],
    [{ region: 'x'.repeat(201) }, 'more than 200 characters'],
    [{ region: Array.from({ length: 25 }, () => 'x'.repeat(200)) }, '4096 bytes at most'],
  ])('are refused when they are like %j', async (claims, reason) => {
    const client = { clientId: 'odd', tenants: ['CA'], roles: ['viewer'], claims } as const;
    await expect(createClient(dataSource, client)).rejects.toThrow(reason);
    expect(await findClient(dataSource, 'odd')).toBeNull();
  });
});
