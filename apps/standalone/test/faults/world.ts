import { createClient } from '@sluice/gateway';
import { createScratchDatabase, openMetadata, ScratchDatabase } from '@sluice/metadata-db';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { freePort } from '../running-program.js';
import { ActiveWatch } from './active-watch.js';
import { Caller } from './caller.js';
import { Disturbances } from './disturbances.js';
import { FaultServers, ServerName } from './fault-servers.js';
import { keepHistory, readHistory } from './job-history.js';
import { localWorldStore, WorldStore } from './world-store.js';
import { AppName } from '../program-of.js';
import { ServiceProcess } from './service-process.js';
import {
  SECRET,
  ServerUrls,
  ServiceName,
  serviceProcesses,
  FURTHER,
  SERVICES,
  Times,
  TIMES,
  timesEnv,
} from './world-services.js';
import { Dataset, DATASETS, importGeneration, TENANTS, Tenant } from './world-data.js';

export { SECRET, TIMES, type ServiceName, type Times };

export interface WorldOptions {
  /** Where the files lie; a local store in the world's folder unless given. Its services know it by its settings. */
  readonly store?: WorldStore;
  /** Master keys of the local store that the services are given in time: what they seal is read by the tests too. */
  readonly storeKeys?: readonly Buffer[];
  /** More settings of every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** Leads the services to their servers by a detour; the tests themselves go straight. */
  readonly via?: (server: ServerName, url: string) => Promise<string>;
  /** Where they are to differ from `TIMES`. */
  readonly times?: Partial<Times>;
  /** Services that this world does without; its tests never start them. */
  readonly without?: readonly ServiceName[];
  /** Several of each service instead of the few that most faults need. */
  readonly many?: boolean;
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
    readonly times: Times,
    private readonly without: readonly ServiceName[],
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
    const times = { ...TIMES, ...options.times };
    const more = { ...store.env, ...timesEnv(times), ...options.env };
    const urls = await detours({ ...servers.urls, postgres: scratch.url }, options.via);
    const services = await serviceProcesses(folder, port, urls, more);
    const active = new ActiveWatch(database);
    const without = [...(options.without ?? []), ...(options.many ? [] : FURTHER)];
    const gateways = (['gateway', 'gateway-2'] as const).filter((name) => !without.includes(name));
    const callers = await makeCallers(
      database,
      await Promise.all(gateways.map((name) => services[name].url)),
    );
    const world = new World(
      folder,
      servers,
      scratch,
      database,
      services,
      callers,
      active,
      store,
      times,
      without,
    );
    try {
      await world.startMissing();
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
  async crash(server: ServerName): Promise<void> {
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
    return this.parts.flatMap(({ name, running }) => (running ? [] : [name]));
  }

  /** Starts whatever does not run, so that the world can come to rest. */
  async mend(): Promise<void> {
    for (const service of Object.values(this.services)) service.signal('SIGCONT');
    await this.startMissing();
  }

  /** The services that this world has. */
  get parts(): readonly ServiceProcess[] {
    return this.namesOf(Object.values(SERVICES)).map((name) => this.services[name]);
  }

  /** The services of these apps that this world has. */
  namesOf(apps: readonly AppName[]): readonly ServiceName[] {
    const names = Object.keys(SERVICES) as ServiceName[];
    return names.filter((name) => apps.includes(SERVICES[name]) && !this.without.includes(name));
  }

  private async startMissing(): Promise<void> {
    await Promise.all(this.parts.filter(({ running }) => !running).map((service) => service.start()));
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

/** How the services reach the servers. */
async function detours(
  urls: ServerUrls,
  lead: WorldOptions['via'] = (_, url) => Promise.resolve(url),
): Promise<ServerUrls> {
  return {
    postgres: await lead('postgres', urls.postgres),
    rabbitmq: await lead('rabbitmq', urls.rabbitmq),
    redis: await lead('redis', urls.redis),
  };
}

async function makeCallers(database: DataSource, urls: readonly string[]): Promise<Record<Tenant, Caller>> {
  const made: [Tenant, Caller][] = [];
  for (const tenant of TENANTS) {
    const clientId = `faults-${tenant}`;
    const { clientSecret } = await createClient(database, {
      clientId,
      tenants: [tenant],
      roles: ['exporter'],
    });
    made.push([tenant, new Caller(urls, tenant, clientId, clientSecret)]);
  }
  return Object.fromEntries(made) as Record<Tenant, Caller>;
}
