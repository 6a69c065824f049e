import { createClient } from '@sluice/gateway';
import { importTable } from '@sluice/engine';
import { aloneOnBroker } from '@sluice/messaging/test/alone-on-broker.js';
import { createScratchDatabase, openMetadata, ScratchDatabase } from '@sluice/metadata-db';
import { decodeFrame, encodeFrame } from '@sluice/messaging/test/sealed-message.js';
import { connect } from 'amqplib';
import { ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './running-program.js';

/** The same code as five processes, over real PostgreSQL, RabbitMQ and Redis: each with a state folder of its own, as containers have. */
const APPS = ['audit-service', 'query-service', 'export-orchestrator', 'export-worker', 'gateway'] as const;
const POLICY = 'version: 1\nclasses: {}\n';
const SECRET = 'a secret of these tests, more than thirty-two characters';

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly output: () => string;
}

let home: string;
let database: ScratchDatabase;
let secret: string;
let letNextIn: () => Promise<void>;
const running = new Map<string, Running>();

async function startApp(name: (typeof APPS)[number]): Promise<Running> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(__dirname, `../../${name}/dist/main.js`)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      UV_THREADPOOL_SIZE: '32',
      SLUICE_HOME: home,
      SLUICE_SECRET: SECRET,
      SLUICE_LOG_LEVEL: 'warn',
      SLUICE_POSTGRES_URL: database.url,
      SLUICE_RABBITMQ_URL: process.env['SLUICE_TEST_RABBITMQ_URL'],
      SLUICE_REDIS_URL: process.env['SLUICE_TEST_REDIS_URL'],
      SLUICE_HEALTH_PORT: String(port),
      SLUICE_HOST: '127.0.0.1',
      PORT: String(port),
      SLUICE_PUBLIC_URL: `http://127.0.0.1:${port}`,
      SLUICE_SIGNING_KEYS_FILE: join(home, 'signing-keys.json'),
    },
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  return { child, port, output: () => output };
}

async function untilReady(name: string, { port, child, output }: Running): Promise<void> {
  const deadline = Date.now() + 180_000;
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`${name} is not ready:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

beforeAll(async () => {
  letNextIn = await aloneOnBroker();
  home = await mkdtemp(join(tmpdir(), 'sluice-five-'));
  database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
  const [dataDir, catalogDir] = [join(home, 'data'), join(home, 'catalog')];
  await mkdir(catalogDir);
  const sql = `select i as id, ['CA', 'TX'][1 + i % 2] as tenant_id, 'row ' || i as label from range(1000) t(i)`;
  await importTable({
    source: { sql, dependsOn: [] },
    dataDir,
    catalogDir,
    name: 'things',
    tenant: 'tenant_id',
    key: ['id'],
  });
  await writeFile(join(home, 'policy.yaml'), POLICY);
  const dataSource = await openMetadata(database.url, () => undefined);
  secret = (await createClient(dataSource, { clientId: 'five', tenants: ['CA'], roles: ['exporter'] }))
    .clientSecret;
  await dataSource.destroy();
  for (const name of APPS) running.set(name, await startApp(name));
  await Promise.all([...running].map(([name, app]) => untilReady(name, app)));
}, 300_000);

afterAll(async () => {
  for (const { child } of running.values()) child.kill('SIGKILL');
  await database.drop();
  await rm(home, { recursive: true, force: true });
  await letNextIn();
});

const at = (path: string): string => `http://127.0.0.1:${running.get('gateway')!.port}${path}`;

async function token(): Promise<string> {
  const answer = await fetch(at('/oauth/token'), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`five:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

describe('five processes', () => {
  it('answer a page and export a file, across the broker', async () => {
    const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' };
    const post = (path: string, body: object): Promise<Response> =>
      fetch(at(path), { method: 'POST', headers, body: JSON.stringify(body) });
    const page = await post('/api/v1/query', {
      dataset: 'things',
      select: ['id', 'tenant_id'],
      page: { limit: 5 },
    });
    expect(page.status).toBe(200);
    expect(await page.json()).toMatchObject({
      rows: [0, 2, 4, 6, 8].map((id) => ({ id, tenant_id: 'CA' })),
      meta: { totalRows: 500 },
    });
    const foreign = {
      dataset: 'things',
      filter: { column: 'tenant_id', op: 'eq', value: 'TX' },
      page: { limit: 1 },
    };
    expect((await post('/api/v1/query', foreign)).status).toBe(403);

    const accepted = await post('/api/v1/exports', {
      format: 'csv',
      queryDefinition: { dataset: 'things', sort: ['id'] },
    });
    expect(accepted.status).toBe(202);
    const location = at(accepted.headers.get('location')!);
    const deadline = Date.now() + 45_000;
    let job = { state: 'Pending', result: null as { rows: number; downloadUrl: string } | null };
    while (job.state !== 'Succeeded' && Date.now() < deadline) {
      job = (await (await fetch(location, { headers })).json()) as typeof job;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(job).toMatchObject({ state: 'Succeeded', result: { rows: 500 } });
    const text = await (await fetch(job.result!.downloadUrl)).text();
    expect(text.split('\r\n').slice(0, 2)).toEqual(['id,tenant_id,label', '0,CA,row 0']);
    expect(text.split('\r\n')).toHaveLength(502);
  });

  it('bring every answer into the trail', async () => {
    const dataSource = await openMetadata(database.url, () => undefined);
    const deadline = Date.now() + 45_000;
    let actions: readonly string[] = [];
    while (
      !['export.download', 'export.run', 'export.end'].every((action) => actions.includes(action)) &&
      Date.now() < deadline
    ) {
      // One a request: where a connection to the broker is lost for a moment, a question is asked, and recorded, again.
      const rows = await dataSource.query<{ action: string }[]>(
        'select distinct action, request_id from audit_record',
      );
      actions = rows.map(({ action }) => action);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await dataSource.destroy();
    expect([...actions].sort()).toEqual(
      expect.arrayContaining(['export.download', 'export.end', 'export.run', 'export.submit', 'query']),
    );
    expect(actions.filter((action) => action === 'query')).toHaveLength(2);
  });

  it('refuse a message that none of them sealed, whatever principal it names, and record it (S19)', async () => {
    const principal = { subject: 'root', clientId: 'x', tenants: ['TX'], roles: ['admin'] };
    const origin = { requestId: 'r', address: 'a' };
    const forged = [
      ['query.run', { principal, origin, body: {}, ifNoneMatch: null, noCache: false }],
      ['export.list', { principal, origin, state: null, limit: 50, after: null }],
      ['export.claim', { jobId: randomUUID(), workerId: 'x' }],
    ] as const;
    const [correlationId, messageId] = [randomUUID(), randomUUID()];
    const model = await connect(process.env['SLUICE_TEST_RABBITMQ_URL'] ?? '');
    const channel = await model.createChannel();
    const answers: unknown[] = [];
    const { queue: replyTo } = await channel.assertQueue('', { exclusive: true });
    await channel.consume(replyTo, (reply) => void (reply && answers.push(decodeFrame(reply.content))));
    for (const [name, request] of forged)
      channel.sendToQueue(`sluice.rpc.${name}`, encodeFrame(request), { replyTo, correlationId });
    const batch = encodeFrame({ records: [] });
    channel.sendToQueue('sluice.event.audit.recorded.audit-service', batch, { messageId });
    const expected = [
      `event audit.recorded ${messageId}`,
      ...forged.map(([name]) => `request ${name} ${correlationId}`),
    ].sort();
    const dataSource = await openMetadata(database.url, () => undefined);
    let found: { id: string }[] = [];
    for (const deadline = Date.now() + 240_000; found.length < expected.length && Date.now() < deadline;) {
      found = await dataSource.query<{ id: string }[]>(
        `select request_id as id from audit_record where action = 'denied' and code = 'message-forged'`,
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await dataSource.destroy();
    await model.close();
    expect(found.map(({ id }) => id).sort()).toEqual(expected);
    expect(answers).toEqual(forged.map(() => expect.objectContaining({ code: 'message-forged' })));
  });

  it('end cleanly when told to, in any order', async () => {
    for (const { child, output } of running.values()) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      expect({ code: (await ended)[0] as number, output: output() }).toEqual({
        code: 0,
        output: expect.any(String),
      });
    }
  });

  it('name all that is missing in the settings at once', async () => {
    const child = spawn(process.execPath, [join(__dirname, '../../query-service/dist/main.js')], {
      env: { PATH: process.env['PATH'], SLUICE_HOME: home },
    });
    let output = '';
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    const [code] = (await once(child, 'exit')) as [number];
    expect({ code, output }).toEqual({ code: 78, output: expect.any(String) });
    expect(output.trimEnd().split('\n').sort()).toEqual([
      'SLUICE_RABBITMQ_URL is not set, but required.',
      'SLUICE_SECRET is not set, but required.',
      'UV_THREADPOOL_SIZE is not set, which means 4: at least 24 threads are needed.',
    ]);
  });
});
