import { createClient } from '@sluice/gateway';
import { createScratchDatabase, openMetadata, ScratchDatabase } from '@sluice/metadata-db';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { freePort } from '../running-program.js';
import { ActiveWatch } from './active-watch.js';
import { Caller } from './caller.js';
import { Disturbances } from './disturbances.js';
import { FaultServers } from './fault-servers.js';
import { keepHistory, readHistory } from './job-history.js';
import { localWorldStore, WorldStore } from './world-store.js';
import { AppName, ServiceProcess } from './service-process.js';
import { Dataset, DATASETS, importGeneration, TENANTS, Tenant } from './world-data.js';

/** Short, so that a test sees a lease run out, a retry come and a leftover go. All in ms. */
export const TIMES = { lease: 4_000, renew: 500, retryBase: 400, wakeAfter: 2_000, sweep: 300 } as const;

export const SECRET = 'a secret of the fault tests, with more than thirty-two characters';

const SERVICES = {
  audit: 'audit-service',
  query: 'query-service',
  gateway: 'gateway',
  'orchestrator-1': 'export-orchestrator',
  'orchestrator-2': 'export-orchestrator',
  'worker-1': 'export-worker',
  'worker-2': 'export-worker',
} as const satisfies Record<string, AppName>;
export type ServiceName = keyof typeof SERVICES;

export interface WorldOptions {
  /** Where the files lie; a local store in the world's folder unless given. Its services know it by its settings. */
  readonly store?: WorldStore;
  /** Master keys of the local store that the services are given in time: what they seal is read by the tests too. */
  readonly storeKeys?: readonly Buffer[];
  /** More settings of every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** Leads the services to their database by a detour; the tests themselves go straight. */
  readonly postgresVia?: (url: string) => Promise<string>;
}

/** The whole system as processes, on a database and a broker of its own. */
export class World {
  /** What the world did that lets a check be less exact. */
  readonly marks = {
    /** When a worker was ended last, ms since 1970: what it had staged stays for the store's reaper. */
    workerKilledAt: 0,
  };
  readonly disturbances = new Disturbances();
  generations = 1;

  private constructor(
    readonly folder: string,
    readonly servers: FaultServers,
    private readonly scratch: ScratchDatabase,
    readonly database: DataSource,
    readonly services: Readonly<Record<ServiceName, ServiceProcess>>,
    readonly callers: Readonly<Record<Tenant, Caller>>,
    readonly active: ActiveWatch,
    readonly store: WorldStore,
  ) {}

  static async create(options: WorldOptions = {}): Promise<World> {
    const servers = await FaultServers.start();
    const folder = await mkdtemp(join(tmpdir(), 'sluice-world-'));
    for (const name of ['catalog', 'exports']) await mkdir(join(folder, name), { mode: 0o700 });
    await writeFile(join(folder, 'policy.yaml'), 'version: 1\nclasses: {}\n');
    for (const dataset of Object.keys(DATASETS)) await importGeneration(folder, dataset as Dataset, 1);
    const scratch = await createScratchDatabase(servers.urls.postgres);
    const database = await openMetadata(scratch.url, () => undefined);
    await keepHistory(database);
    const port = await freePort();
    const store = options.store ?? localWorldStore(join(folder, 'exports'), SECRET, options.storeKeys);
    const more = { ...store.env, ...options.env };
    const postgresUrl = (await options.postgresVia?.(scratch.url)) ?? scratch.url;
    const services = await serviceProcesses(folder, port, servers, postgresUrl, more);
    const callers = await makeCallers(database, `http://127.0.0.1:${port}`);
    const active = new ActiveWatch(database);
    const world = new World(folder, servers, scratch, database, services, callers, active, store);
    try {
      await Promise.all(Object.values(services).map((service) => service.start()));
      return world;
    } catch (error) {
      await world.destroy();
      throw error;
    }
  }

  get exports(): string {
    return join(this.folder, 'exports');
  }

  home(name: ServiceName): string {
    return join(this.folder, 'homes', name);
  }

  /** SIGKILL, at a moment of the test's choosing. */
  async kill(name: ServiceName): Promise<void> {
    const from = Date.now();
    await this.services[name].kill();
    this.noteKilled(name, from);
  }

  /** Ends a server as a crash does. */
  async crash(server: 'postgres' | 'rabbitmq'): Promise<void> {
    const from = Date.now();
    await this.servers.crash(server);
    this.disturbances.note({ from, to: Date.now() });
  }

  /** Waits for a service that is to kill itself at a failpoint. */
  async killedItself(name: ServiceName): Promise<void> {
    const end = await this.services[name].ended(90_000);
    if (end !== 'SIGKILL') throw new Error(`${name} ended with ${end}, not at its failpoint.`);
    this.noteKilled(name);
  }

  /** Starts it again, with failpoints and settings when some are given; what runs of it is killed first. */
  async restart(
    name: ServiceName,
    failpoint = '',
    more: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    if (this.services[name].running) await this.kill(name);
    await this.services[name].start({ SLUICE_FAILPOINT: failpoint, ...more });
  }

  /** Starts it again as it was at first, without a crash: told to end, it ends by itself. */
  async restartCleanly(name: ServiceName): Promise<void> {
    this.services[name].signal('SIGTERM');
    await this.services[name].ended();
    await this.services[name].start();
  }

  /** Services that have ended. */
  down(): readonly string[] {
    return Object.values(this.services).flatMap(({ name, running }) => (running ? [] : [name]));
  }

  /** Starts whatever does not run, so that the world can come to rest. */
  async mend(): Promise<void> {
    for (const service of Object.values(this.services)) service.signal('SIGCONT');
    const down = Object.values(this.services).filter(({ running }) => !running);
    await Promise.all(down.map((service) => service.start()));
  }

  async destroy(): Promise<void> {
    await this.active.close();
    for (const service of Object.values(this.services)) {
      if (service.running) await service.kill();
    }
    await this.keepLogs(process.env['SLUICE_FAULT_LOGS']);
    await this.database.destroy();
    await this.scratch.drop();
    await this.servers.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What the services logged, for whoever looks into a test that failed. */
  private async keepLogs(folder: string | undefined): Promise<void> {
    if (!folder) return;
    const kept = await mkdtemp(join(folder, 'world-'));
    for (const { name, output } of Object.values(this.services))
      await writeFile(join(kept, `${name}.log`), output);
    const history = await readHistory(this.database);
    await writeFile(join(kept, 'history.json'), history.map((change) => JSON.stringify(change)).join('\n'));
  }

  /** For an end by another way than `kill`, at some moment since `from`: the start of the process unless it is known better. */
  noteKilled(name: ServiceName, from = this.services[name].startedAt): void {
    const to = Date.now();
    if (SERVICES[name] === 'export-worker') this.marks.workerKilledAt = to;
    else this.disturbances.note({ from, to });
  }
}

/** Each service has a home of its own, as containers have, with the shared folders in it. */
async function serviceProcesses(
  folder: string,
  gatewayPort: number,
  { urls }: FaultServers,
  postgresUrl: string,
  more: Readonly<Record<string, string>>,
): Promise<Record<ServiceName, ServiceProcess>> {
  const made: [string, ServiceProcess][] = [];
  for (const [name, app] of Object.entries(SERVICES)) {
    const home = join(folder, 'homes', name);
    await mkdir(home, { recursive: true });
    for (const shared of ['data', 'catalog', 'exports', 'policy.yaml']) {
      await symlink(join(folder, shared), join(home, shared));
    }
    const env = {
      PATH: process.env['PATH'] ?? '',
      UV_THREADPOOL_SIZE: '32',
      SLUICE_HOME: home,
      SLUICE_SECRET: SECRET,
      SLUICE_LOG_LEVEL: 'info',
      SLUICE_POSTGRES_URL: postgresUrl,
      SLUICE_RABBITMQ_URL: urls.rabbitmq,
      SLUICE_HOST: '127.0.0.1',
      SLUICE_PUBLIC_URL: `http://127.0.0.1:${gatewayPort}`,
      SLUICE_SIGNING_KEYS_FILE: join(home, 'signing-keys.json'),
      SLUICE_RATE_LIMIT_PER_MINUTE: '0',
      SLUICE_EXPORT_LEASE_MS: String(TIMES.lease),
      SLUICE_EXPORT_RENEW_EVERY_MS: String(TIMES.renew),
      SLUICE_EXPORT_RETRY_BASE_MS: String(TIMES.retryBase),
      SLUICE_EXPORT_WAKE_AFTER_MS: String(TIMES.wakeAfter),
      SLUICE_EXPORT_SWEEP_EVERY_MS: String(TIMES.sweep),
      SLUICE_EXPORT_REAP_EVERY_MS: String(TIMES.sweep),
      ...more,
    };
    made.push([name, new ServiceProcess(name, app, env, app === 'gateway' ? gatewayPort : undefined)]);
  }
  return Object.fromEntries(made) as Record<ServiceName, ServiceProcess>;
}

async function makeCallers(database: DataSource, url: string): Promise<Record<Tenant, Caller>> {
  const made: [Tenant, Caller][] = [];
  for (const tenant of TENANTS) {
    const clientId = `faults-${tenant}`;
    const { clientSecret } = await createClient(database, {
      clientId,
      tenants: [tenant],
      roles: ['exporter'],
    });
    made.push([tenant, new Caller(url, tenant, clientId, clientSecret)]);
  }
  return Object.fromEntries(made) as Record<Tenant, Caller>;
}
