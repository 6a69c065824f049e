import { createClient } from '@sluice/gateway';
import { openMetadata } from '@sluice/metadata-db';
import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Answer, HttpClient } from '../http-client.js';

const REPOSITORY = join(__dirname, '../../../..');
const SECRET = 'a secret of the benchmark, with more than thirty-two characters';
const FIRST_PORT = 4_100;
const READY_MS = 60_000;
const END_MS = 40_000;
/** What services share; the rest of a home is each one's own. */
const SHARED = ['data', 'catalog', 'policy.yaml', 'exports'] as const;

/** How many of each take part; of the others there is one. */
export interface StackShape {
  readonly gateways: number;
  readonly queryServices: number;
}

interface Servers {
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<unknown>;
}

interface Service {
  readonly app: 'gateway' | 'query-service' | 'audit-service';
  readonly port: number;
  readonly child: ChildProcess;
}

/** The services as processes over PostgreSQL, RabbitMQ and Redis of their own, as many of each as a round asks for. */
export class StackSide {
  private readonly services = new Map<string, Service>();
  private readonly clients = new Map<number, HttpClient>();
  private token = '';

  private constructor(
    private readonly home: string,
    private readonly servers: Servers,
  ) {}

  /** @param home holds `data`, `catalog` and `policy.yaml` */
  static async start(home: string, say: (line: string) => void): Promise<StackSide> {
    const module = pathToFileURL(join(REPOSITORY, 'tools/services/provision.mjs')).href;
    const { provision } = (await import(module)) as {
      provision: (options: { say: (line: string) => void }) => Promise<Servers>;
    };
    const stack = new StackSide(home, await provision({ say }));
    try {
      await mkdir(join(home, 'exports'), { recursive: true });
      const secret = await stack.makeClient();
      await stack.ensure('audit-service', 1);
      await stack.reshape({ gateways: 1, queryServices: 1 });
      stack.token = await stack.fetchToken(secret);
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  /** Process ids with what they are. */
  get names(): ReadonlyMap<number, string> {
    const services = [...this.services.values()].map(({ app, child }) => [child.pid ?? 0, app] as const);
    return new Map<number, string>([...services, [process.pid, 'clients']]);
  }

  /** Starts and ends services until there are as many as asked for. */
  async reshape({ gateways, queryServices }: StackShape): Promise<void> {
    await this.ensure('query-service', queryServices);
    await this.ensure('gateway', gateways);
  }

  /** Posts a query to one gateway after the other; throws unless it is answered 200 or 304. */
  async ask(turn: number, query: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const gateways = [...this.services.values()].filter(({ app }) => app === 'gateway');
    const { port } = gateways[turn % gateways.length] as Service;
    const all = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers };
    const answer = await this.clientOf(port).post('/api/v1/query', all, JSON.stringify(query), 'size');
    if (answer.status !== 200 && answer.status !== 304) throw new Error(answer.body.toString());
    return answer;
  }

  async stop(): Promise<void> {
    for (const client of this.clients.values()) client.close();
    await Promise.all([...this.services.keys()].map((name) => this.end(name)));
    await this.servers.stop();
  }

  private async ensure(app: Service['app'], count: number): Promise<void> {
    const names = [...this.services].filter(([, service]) => service.app === app).map(([name]) => name);
    for (const name of names.slice(count)) await this.end(name);
    for (let index = names.length; index < count; index++) await this.begin(app, index);
  }

  private async begin(app: Service['app'], index: number): Promise<void> {
    const name = `${app}-${String(index + 1)}`;
    const port = FIRST_PORT + ['gateway', 'query-service', 'audit-service'].indexOf(app) * 20 + index;
    const home = join(this.home, 'homes', name);
    await mkdir(home, { recursive: true });
    for (const shared of SHARED) {
      await symlink(join(this.home, shared), join(home, shared)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error; // of an earlier round
      });
    }
    const main = join(REPOSITORY, `apps/${app}/dist/main.js`);
    const env = this.environment(home, port);
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    this.services.set(name, { app, port, child });
    for (const end = Date.now() + READY_MS; !(await isReady(port)); await sleep(50)) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`${name} did not get ready.`);
    }
  }

  private environment(home: string, port: number): NodeJS.ProcessEnv {
    const { env } = this.servers;
    return {
      PATH: process.env['PATH'],
      UV_THREADPOOL_SIZE: '32',
      SLUICE_HOME: home,
      SLUICE_SECRET: SECRET,
      SLUICE_LOG_LEVEL: 'warn',
      SLUICE_POSTGRES_URL: env['SLUICE_TEST_POSTGRES_URL'],
      SLUICE_RABBITMQ_URL: env['SLUICE_TEST_RABBITMQ_URL'],
      SLUICE_REDIS_URL: env['SLUICE_TEST_REDIS_URL'],
      SLUICE_HOST: '127.0.0.1',
      PORT: String(port),
      SLUICE_HEALTH_PORT: String(port),
      SLUICE_PUBLIC_URL: `http://127.0.0.1:${String(FIRST_PORT)}`,
      SLUICE_SIGNING_KEYS_FILE: join(this.home, 'signing-keys.json'),
      SLUICE_RATE_LIMIT_PER_MINUTE: '0',
    };
  }

  private async end(name: string): Promise<void> {
    const { child, port } = this.services.get(name) as Service;
    this.services.delete(name);
    this.clients.get(port)?.close();
    this.clients.delete(port);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(END_MS) });
    child.kill('SIGTERM');
    await ended;
  }

  private clientOf(port: number): HttpClient {
    const client = this.clients.get(port) ?? new HttpClient(port);
    this.clients.set(port, client);
    return client;
  }

  private async makeClient(): Promise<string> {
    const database = await openMetadata(this.servers.env['SLUICE_TEST_POSTGRES_URL'] ?? '', () => undefined);
    try {
      const asked = { clientId: 'bench', tenants: ['CA'], roles: ['viewer'] } as const;
      return (await createClient(database, asked)).clientSecret;
    } finally {
      await database.destroy();
    }
  }

  private async fetchToken(secret: string): Promise<string> {
    const headers = {
      authorization: `Basic ${Buffer.from(`bench:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const client = this.clientOf(FIRST_PORT);
    const answer = await client.post('/oauth/token', headers, 'grant_type=client_credentials');
    return (JSON.parse(answer.body.toString()) as { access_token: string }).access_token;
  }
}

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${String(port)}/readyz`).catch(() => null);
  await answer?.body?.cancel();
  return answer?.ok ?? false;
}
