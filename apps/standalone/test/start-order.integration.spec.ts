import { importTable } from '@sluice/engine';
import { CuttableLine } from '@sluice/export-orchestrator/test/cuttable-line.js';
import { createClient } from '@sluice/gateway';
import { aloneOnBroker } from '@sluice/messaging/test/alone-on-broker.js';
import { createScratchDatabase, openMetadata, ScratchDatabase } from '@sluice/metadata-db';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppProcess, APPS } from './app-process.js';
import { AppName } from './program-of.js';
import { until } from './faults/until.js';

/**
 * Five processes that start with nothing there, get one thing after the other, and lose it again (SAFETY R28, R29). The servers are reached
 * by lines that the test opens and cuts.
 */
const SECRET = 'a secret of these tests, more than thirty-two characters';
const WITH_DATABASE: readonly AppName[] = ['audit-service', 'export-orchestrator', 'gateway'];
const WITH_DATA: readonly AppName[] = ['query-service', 'export-worker'];

let home: string;
let scratch: ScratchDatabase;
let lines: { readonly postgres: CuttableLine; readonly rabbitmq: CuttableLine };
let settings: Readonly<Record<string, string>>;
const apps = new Map<AppName | 'waiting', AppProcess>();

/** The URL of the server by way of a line that is cut. */
async function byWayOf(line: CuttableLine, url: string): Promise<string> {
  const detour = new URL(url);
  detour.host = `127.0.0.1:${await line.open()}`;
  await line.cut();
  return detour.href;
}

function lineTo(url: string | undefined): CuttableLine {
  if (url === undefined) throw new Error('Run by way of tools/services/services.mjs.');
  return new CuttableLine(new URL(url));
}

let letNextIn: () => Promise<void>;
beforeAll(async () => {
  letNextIn = await aloneOnBroker();
  home = await mkdtemp(join(tmpdir(), 'sluice-order-'));
  scratch = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
  const broker = process.env['SLUICE_TEST_RABBITMQ_URL'];
  lines = { postgres: lineTo(scratch.url), rabbitmq: lineTo(broker) };
  settings = {
    SLUICE_HOME: home,
    SLUICE_SECRET: SECRET,
    SLUICE_LOG_LEVEL: 'warn',
    SLUICE_POSTGRES_URL: await byWayOf(lines.postgres, scratch.url),
    SLUICE_RABBITMQ_URL: await byWayOf(lines.rabbitmq, broker ?? ''),
    SLUICE_SIGNING_KEYS_FILE: join(home, 'signing-keys.json'),
  };
}, 300_000);

afterAll(async () => {
  for (const { child } of apps.values()) child.kill('SIGKILL');
  await Promise.all([lines.postgres.cut(), lines.rabbitmq.cut()]);
  await scratch.drop();
  await rm(home, { recursive: true, force: true });
  await letNextIn();
});

function all(names: readonly AppName[], missing: readonly string[]): Promise<unknown> {
  return Promise.all(names.map((name) => apps.get(name)!.untilMissing(...missing)));
}

async function importThings(): Promise<void> {
  await mkdir(join(home, 'catalog'));
  await importTable({
    source: { sql: `select i as id, 'CA' as tenant_id from range(10) t(i)`, dependsOn: [] },
    dataDir: join(home, 'data'),
    catalogDir: join(home, 'catalog'),
    name: 'things',
    tenant: 'tenant_id',
    key: ['id'],
  });
  await writeFile(join(home, 'policy.yaml'), 'version: 1\nclasses: {}\n');
}

let secret: string;

async function ask(): Promise<Response> {
  const gateway = apps.get('gateway')!;
  const answer = await fetch(gateway.at('/oauth/token'), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`order:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  if (!answer.ok) return answer;
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return fetch(gateway.at('/api/v1/query'), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ dataset: 'things', page: { limit: 5 } }),
  });
}

async function untilAnswered(): Promise<void> {
  await until('a query is answered', async () => ((await ask()).status === 200 ? true : undefined));
}

describe('five processes that start before what they need', () => {
  it('are alive from the first moment on, and name what they wait for', async () => {
    for (const name of APPS) apps.set(name, await AppProcess.spawn(name, settings));
    await Promise.all([
      all(WITH_DATABASE, ['postgres', 'rabbitmq']),
      all(WITH_DATA, ['catalogue', 'rabbitmq']),
    ]);
    const early = await fetch(apps.get('gateway')!.at('/api/v1/query'), { method: 'POST', body: '{}' });
    expect({ status: early.status, retryAfter: early.headers.get('retry-after') }).toEqual({
      status: 503,
      retryAfter: '1',
    });
  }, 240_000);

  it('wait for somebody to migrate, and do not do it themselves', async () => {
    await lines.postgres.open();
    await all(WITH_DATABASE, ['migrations', 'rabbitmq']);
    const dataSource = await openMetadata(scratch.url, () => undefined);
    const client = { clientId: 'order', tenants: ['CA'], roles: ['viewer'] } as const;
    ({ clientSecret: secret } = await createClient(dataSource, client));
    await dataSource.destroy();
    await all(WITH_DATABASE, ['rabbitmq']);
  }, 240_000);

  it('become ready by themselves once all is there', async () => {
    await lines.rabbitmq.open();
    await Promise.all([all(WITH_DATABASE, []), all(WITH_DATA, ['catalogue'])]);
    await importThings();
    await all(WITH_DATA, []);
    await untilAnswered();
  }, 240_000);

  it('live on without broker and database, not ready, and are ready again when both are back', async () => {
    await Promise.all([lines.postgres.cut(), lines.rabbitmq.cut()]);
    await Promise.all([all(WITH_DATABASE, ['postgres', 'rabbitmq']), all(WITH_DATA, ['rabbitmq'])]);
    const away = await ask();
    expect({ status: away.status, later: away.headers.has('retry-after') }).toEqual({
      status: 503,
      later: true,
    });
    await Promise.all([lines.postgres.open(), lines.rabbitmq.open()]);
    await all(APPS, []);
    await untilAnswered();
  }, 240_000);

  it('end cleanly at once when they are told to while they wait', async () => {
    await lines.postgres.cut();
    const waiting = await AppProcess.spawn('audit-service', settings);
    apps.set('waiting', waiting);
    await waiting.untilMissing('postgres');
    expect(await waiting.end('SIGTERM')).toBe(0);
    apps.delete('waiting');
    await lines.postgres.open();
    await all(WITH_DATABASE, []);
    for (const app of apps.values())
      expect({ name: app.name, end: await app.end('SIGTERM') }).toEqual({
        name: app.name,
        end: 0,
      });
  }, 240_000);
});
