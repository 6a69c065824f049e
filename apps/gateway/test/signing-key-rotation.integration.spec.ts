import { datasetsList } from '@sluice/contracts';
import { createDataSource, createScratchDatabase, migrate, type ScratchDatabase } from '@sluice/metadata-db';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSource } from 'typeorm';
import { createClient } from '../src/index.js';
import { PUBLIC_URL, startHarness, type Harness } from './gateway-harness.js';

/** A private key as the issuer's file has it. */
function makeKey(): object {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES256', use: 'sig' };
}

const [OLD, NEW] = [makeKey(), makeKey()];
/** Each gateway knows a key before any of them signs with it; back and forth, and at last without the old one. */
const STAGES: readonly (readonly object[])[] = [[OLD, NEW], [NEW, OLD], [OLD, NEW], [NEW, OLD], [NEW]];

describe('keys of the issuer that change while two gateways run (R34)', () => {
  let database: ScratchDatabase;
  let dataSource: DataSource;
  let folder: string;
  let secret: string;
  const gateways: Harness[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-rotation-'));
    database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
    const limits = { poolSize: 4, connectTimeoutMs: 30_000, statementTimeoutMs: 30_000 };
    dataSource = await createDataSource({ url: database.url, ...limits });
    await migrate(dataSource);
    const client = { clientId: 'ca-viewer', tenants: ['CA'], roles: ['viewer'] } as const;
    ({ clientSecret: secret } = await createClient(dataSource, client));
    for (const at of [0, 1]) gateways.push(await start(at, [OLD]));
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop();
    await dataSource.destroy();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(at: number, keys: readonly object[]): Promise<Harness> {
    const keysFile = join(folder, `keys-${String(at)}.json`);
    await writeFile(keysFile, JSON.stringify({ keys }), { mode: 0o600 });
    const issuer = { kind: 'built-in' as const, audience: `${PUBLIC_URL}/api`, keysFile };
    const harness = await startHarness({ dataSource, config: { issuer } });
    harness.bus.on(datasetsList, () => []);
    return harness;
  }

  async function tokenOf(gateway: Harness): Promise<string> {
    const answer = await gateway.ask('/oauth/token', {
      role: null,
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`ca-viewer:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** What each gateway answers to each token. */
  const statuses = (tokens: readonly string[]): Promise<readonly number[]> =>
    Promise.all(
      gateways.flatMap((gateway) =>
        tokens.map(async (token) => {
          const headers = { authorization: `Bearer ${token}` };
          return (await gateway.ask('/api/v1/datasets', { headers })).status;
        }),
      ),
    );

  it('turn no token away while its key is known, whichever gateway made it and whichever is asked', async () => {
    const tokens = await Promise.all(gateways.map(tokenOf));
    for (const keys of STAGES.slice(0, -1)) {
      for (const at of [0, 1]) {
        await gateways[at]!.stop();
        gateways[at] = await start(at, keys);
        // Also while the one is a step behind the other.
        tokens.push(...(await Promise.all(gateways.map(tokenOf))));
        expect(new Set(await statuses(tokens))).toEqual(new Set([200]));
      }
    }
    const [last = []] = STAGES.slice(-1);
    for (const at of [0, 1]) {
      await gateways[at]!.stop();
      gateways[at] = await start(at, last);
    }
    const [ofOld = '', ofNew = ''] = [tokens[0], tokens.at(-1)];
    expect(await statuses([ofOld, ofNew])).toEqual([401, 200, 401, 200]);
  });
});
