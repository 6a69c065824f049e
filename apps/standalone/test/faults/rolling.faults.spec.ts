import { createClient } from '@sluice/gateway';
import { createScratchDatabase, openMetadata, ScratchDatabase } from '@sluice/metadata-db';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppProcess, APPS } from '../app-process.js';
import { AppName } from '../program-of.js';
import { until } from './until.js';
import { importGeneration } from './world-data.js';

/**
 * Two of each app, each of them told to end and started again while callers keep asking (SAFETY R26). The callers do what a load balancer
 * does: they ask who is ready now and then, and go there. With `SLUICE_OLD_BUILD` all start as that version and come back as this one, over a
 * database that this one has migrated (R30).
 */
const SECRET = 'a secret of the rolling tests, with more than thirty-two characters';
const OF_EACH = [1, 2] as const;
const LOOK_MS = 100;
/** Many times what a look may take on a busy machine. */
const DRAIN_DELAY_MS = '3000';
const CALLERS = 6;

let folder: string;
let scratch: ScratchDatabase;
let secret: string;
const running = new Map<string, AppProcess>();
const gateways = (): readonly AppProcess[] => OF_EACH.map((number) => running.get(`gateway-${number}`)!);

async function settingsOf(name: string): Promise<Readonly<Record<string, string>>> {
  const home = join(folder, 'homes', name);
  await mkdir(home, { recursive: true });
  for (const shared of ['data', 'catalog', 'exports', 'policy.yaml']) {
    await rm(join(home, shared), { force: true });
    await symlink(join(folder, shared), join(home, shared));
  }
  return {
    SLUICE_HOME: home,
    SLUICE_SECRET: SECRET,
    SLUICE_LOG_LEVEL: 'warn',
    SLUICE_POSTGRES_URL: scratch.url,
    SLUICE_RABBITMQ_URL: process.env['SLUICE_TEST_RABBITMQ_URL'] ?? '',
    SLUICE_REDIS_URL: process.env['SLUICE_TEST_REDIS_URL'] ?? '',
    SLUICE_SIGNING_KEYS_FILE: join(folder, 'signing-keys.json'),
    SLUICE_PUBLIC_URL: 'http://127.0.0.1:3000',
    SLUICE_RATE_LIMIT_PER_MINUTE: '0',
    SLUICE_DRAIN_DELAY_MS: DRAIN_DELAY_MS,
  };
}

async function start(app: AppName, number: number): Promise<void> {
  const name = `${app}-${number}`;
  const before = running.get(name);
  const age = before ? 'this' : 'older';
  running.set(name, await AppProcess.spawn(app, await settingsOf(name), before?.port, age));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-rolling-'));
  for (const name of ['catalog', 'exports']) await mkdir(join(folder, name), { mode: 0o700 });
  await writeFile(join(folder, 'policy.yaml'), 'version: 1\nclasses: {}\n');
  await importGeneration(folder, 'small', 1);
  scratch = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
  const database = await openMetadata(scratch.url, () => undefined);
  ({ clientSecret: secret } = await createClient(database, {
    clientId: 'rolling',
    tenants: ['CA'],
    roles: ['exporter'],
  }));
  await database.destroy();
  for (const number of OF_EACH) {
    for (const app of APPS) await start(app, number);
    await Promise.all([...running.values()].map((app) => app.untilMissing()));
  }
}, 420_000);

afterAll(async () => {
  for (const { child } of running.values()) child.kill('SIGKILL');
  await scratch.drop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** Who is ready, as a load balancer sees it. */
class Balancer {
  private ready = gateways();
  private turn = 0;
  private readonly looking: Promise<void>;
  private done = false;

  constructor() {
    this.looking = this.look();
  }

  next(): AppProcess {
    this.turn += 1;
    const gateway = this.ready[this.turn % Math.max(1, this.ready.length)];
    if (!gateway) throw new Error('No gateway is ready.');
    return gateway;
  }

  sees(gateway: AppProcess): boolean {
    return this.ready.includes(gateway);
  }

  async close(): Promise<void> {
    this.done = true;
    await this.looking;
  }

  private async look(): Promise<void> {
    while (!this.done) {
      const seen = await Promise.all(
        gateways().map(async (gateway) => ((await gateway.health())?.ready === 200 ? [gateway] : [])),
      );
      this.ready = seen.flat();
      await sleep(LOOK_MS);
    }
  }
}

/** Callers that ask one thing after the other, and remember what went wrong. */
class Load {
  answered = 0;
  readonly failures: string[] = [];
  readonly jobs: string[] = [];
  private done = false;
  private readonly loops: Promise<unknown>;

  constructor(
    private readonly balancer: Balancer,
    private readonly token: string,
  ) {
    this.loops = Promise.all(Array.from({ length: CALLERS }, (_, caller) => this.run(caller)));
  }

  async close(): Promise<void> {
    this.done = true;
    await this.loops;
  }

  private async run(caller: number): Promise<void> {
    for (let round = 0; !this.done; round += 1) {
      const from = -(round * CALLERS + caller) - 1;
      await (round % 10 === 9 ? this.submit(from) : this.query(from));
      await sleep(10);
    }
  }

  private async query(from: number): Promise<void> {
    const filter = { column: 'id', op: 'gte', value: from };
    const answer = await this.ask('/api/v1/query', { dataset: 'small', filter, page: { limit: 3 } });
    if (answer) await answer.body?.cancel();
  }

  private async submit(from: number): Promise<void> {
    const filter = { column: 'id', op: 'gte', value: from };
    const answer = await this.ask('/api/v1/exports', {
      format: 'csv',
      queryDefinition: { dataset: 'small', filter },
    });
    if (answer) this.jobs.push(((await answer.json()) as { jobId: string }).jobId);
  }

  /** The answer when it was a good one. What is to be asked again later (429 and 503, with `Retry-After`) is no failure. */
  private async ask(path: string, body: object): Promise<Response | undefined> {
    const gateway = this.balancer.next();
    try {
      const answer = await fetch(gateway.at(path), {
        method: 'POST',
        headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(60_000),
      });
      if (answer.ok) {
        this.answered += 1;
        return answer;
      }
      const text = await answer.text();
      const later = [429, 503].includes(answer.status) && answer.headers.has('retry-after');
      if (!later) this.failures.push(`${path}: ${answer.status} ${text}`);
    } catch (error) {
      this.failures.push(`${path}: ${String(error)} ${String((error as Error).cause)}`);
    }
    return undefined;
  }
}

async function token(): Promise<string> {
  const answer = await fetch(gateways()[0]!.at('/oauth/token'), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`rolling:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function stateOf(job: string, bearer: string): Promise<string> {
  const answer = await fetch(gateways()[0]!.at(`/api/v1/exports/${job}`), {
    headers: { authorization: `Bearer ${bearer}` },
  });
  return ((await answer.json()) as { state: string }).state;
}

it('a rolling restart of every app fails no request, and loses no job', async () => {
  const bearer = await token();
  const balancer = new Balancer();
  const load = new Load(balancer, bearer);
  /** Each step happens under load: so many answers were given since the one before. */
  const answers = async (count: number): Promise<void> => {
    const before = load.answered;
    await until(`${count} answers; failures: ${load.failures.join('\n')}`, () =>
      load.answered - before >= count || load.failures.length > 0 ? true : undefined,
    );
  };
  await answers(50);
  for (const app of APPS) {
    for (const number of OF_EACH) {
      const leaving = running.get(`${app}-${number}`)!;
      expect({
        name: `${app}-${number}`,
        end: await leaving.end('SIGTERM'),
        failures: load.failures,
      }).toEqual({
        name: `${app}-${number}`,
        end: 0,
        failures: [],
      });
      await answers(20);
      await start(app, number);
      const back = running.get(`${app}-${number}`)!;
      await back.untilMissing();
      if (app === 'gateway') await until('the balancer sees it', () => balancer.sees(back) || undefined);
      await answers(20);
    }
  }
  await load.close();
  await balancer.close();
  expect(load.failures).toEqual([]);
  expect(load.jobs.length).toBeGreaterThan(5);
  const ended = async (): Promise<true | undefined> => {
    const states = await Promise.all(load.jobs.map((job) => stateOf(job, bearer)));
    return states.every((state) => state === 'Succeeded') ? true : undefined;
  };
  await until('all jobs succeed', ended, 120_000, 500);
}, 1_500_000);
