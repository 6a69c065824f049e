import {
  AuditRecord,
  auditRecorded,
  DownloadableFile,
  exportCancel,
  exportClaim,
  exportGet,
  ExportJob,
  exportResolveDownload,
  exportSubmit,
  Principal,
} from '@sluice/contracts';
import { DuckDbEngine, importTable, openDuckDbEngine, openDuckDbExportEngine } from '@sluice/engine';
import { readExportOrchestratorConfig, startExportOrchestrator } from '@sluice/export-orchestrator';
import { readExportWorkerConfig, startExportWorker } from '@sluice/export-worker';
import { InProcessMessageBus, MessageBus } from '@sluice/messaging';
import { createScratchDatabase, openMetadata } from '@sluice/metadata-db';
import { LocalObjectStore } from '@sluice/object-store';
import { GovernanceFiles, loadGovernance } from '@sluice/policy';
import { MaskKey } from '@sluice/query-dsl';
import { readQueryServiceConfig, startQueryService } from '@sluice/query-service';
import { Cleanup, deriveKey } from '@sluice/service-kit';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Gate } from './gate.js';

const SECRET = 'a secret of more than thirty-two characters';
const origin = { requestId: 'request-1', address: '127.0.0.1' };

export interface TestTable {
  readonly name: string;
  readonly sql: string;
  /** Class of its columns, for the policy. */
  readonly classes: Readonly<Record<string, string>>;
}

/** Query-service, orchestrator and worker over real files, a real database and the real engines; without the edge. */
export class ExportingServices {
  readonly records: AuditRecord[] = [];
  /** Closed: workers claim nothing, so that jobs stay where they are. */
  readonly claims = new Gate();
  /** Closed: files of jobs are not written, so that jobs stay running. */
  readonly uploads = new Gate();
  /** Reads what is uploaded; a slow store reads slowly. */
  reader: (source: Readable) => Readable = (source) => source;

  private constructor(
    private readonly home: string,
    readonly database: DataSource,
    readonly bus: InProcessMessageBus,
    readonly store: LocalObjectStore,
    private readonly governance: GovernanceFiles,
    private readonly cleanup: Cleanup,
  ) {}

  static async start(
    tables: readonly TestTable[],
    policy: string,
    env: Record<string, string> = {},
  ): Promise<ExportingServices> {
    const cleanup = new Cleanup((name, error) => {
      throw new Error(`${name} could not be closed`, { cause: error });
    });
    const home = await mkdtemp(join(tmpdir(), 'sluice-exporting-'));
    cleanup.add('home', () => rm(home, { recursive: true, force: true }));
    for (const table of tables) await makeTable(home, table);
    await writeFile(join(home, 'policy.yaml'), policy);
    const scratch = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
    cleanup.add('scratch', () => scratch.drop());
    const database = await openMetadata(scratch.url, () => undefined);
    cleanup.add('database', () => database.destroy());
    const store = await LocalObjectStore.open({ folder: join(home, 'exports'), key: randomBytes(32) });
    const maskKey = new MaskKey(deriveKey(SECRET, 'mask-hash'));
    const load = () => loadGovernance(join(home, 'catalog'), join(home, 'policy.yaml'), maskKey);
    const governance = await GovernanceFiles.open(load, (error) => {
      throw error;
    });
    const bus = new InProcessMessageBus();
    cleanup.add('bus', () => bus.close(2_000));
    const services = new ExportingServices(home, database, bus, store, governance, cleanup);
    await services.open(env);
    return services;
  }

  /** Puts another policy into force for all services. */
  async govern(policy: string): Promise<void> {
    await writeFile(join(this.home, 'policy.yaml'), policy);
    await this.governance.refresh();
  }

  submit(
    principal: Principal,
    body: object,
  ): Promise<{ readonly job: ExportJob; readonly created: boolean }> {
    return this.bus.request(exportSubmit, { principal, origin, body, idempotencyKey: null });
  }

  job(principal: Principal, jobId: string): Promise<ExportJob> {
    return this.bus.request(exportGet, { principal, origin, jobId });
  }

  cancel(principal: Principal, jobId: string): Promise<ExportJob> {
    return this.bus.request(exportCancel, { principal, origin, jobId });
  }

  /** Waits until the job is in one of the states. */
  async until(principal: Principal, jobId: string, ...states: ExportJob['state'][]): Promise<ExportJob> {
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(10)) {
      const job = await this.job(principal, jobId);
      if (states.includes(job.state)) return job;
    }
    throw new Error(`Job ${jobId} never became ${states.join(' or ')}.`);
  }

  /** What a signed link of the job stands for now. */
  resolve({ jobId, tenant, result }: ExportJob): Promise<DownloadableFile> {
    const sha256 = result?.sha256 ?? '';
    return this.bus.request(exportResolveDownload, { jobId, tenant, sha256, origin });
  }

  async text(job: ExportJob): Promise<string> {
    return (await buffer(await this.store.read((await this.resolve(job)).key))).toString();
  }

  /** What is under way: folders of copies, and files that are being written. */
  async underWay(): Promise<{ readonly copies: number; readonly staged: number }> {
    const count = async (folder: string) => (await readdir(join(this.home, folder))).length;
    return { copies: await count('work'), staged: await count('exports/staging') };
  }

  close(): Promise<void> {
    return this.cleanup.run();
  }

  private async open(env: Record<string, string>): Promise<void> {
    const { bus, governance, database } = this;
    const settings = { SLUICE_SECRET: SECRET, SLUICE_LOG_LEVEL: 'silent', ...env };
    const audit = { record: async (record: AuditRecord) => void this.records.push(record) };
    await bus.subscribe(auditRecorded, 'audit-service', async ({ records }) => {
      this.records.push(...records);
    });
    const engine = await this.openEngine();
    const exportEngine = await this.openExportEngine();
    const query = await startQueryService(readQueryServiceConfig(settings), {
      bus,
      engine,
      governance,
      audit,
    });
    this.cleanup.add('query', () => query.close(1_000));
    const orchestrator = await startExportOrchestrator(readExportOrchestratorConfig(settings), {
      bus,
      dataSource: database,
      store: this.store,
      audit,
    });
    this.cleanup.add('orchestrator', () => orchestrator.close(1_000));
    const worker = await startExportWorker(readExportWorkerConfig(settings), {
      bus: this.gatedBus(),
      store: this.gatedStore(),
      engine: exportEngine,
      governance,
      audit,
    });
    this.cleanup.add('worker', () => worker.close(1_000));
  }

  private async openEngine(): Promise<DuckDbEngine> {
    const engine = await openDuckDbEngine({
      ...engineLimits,
      dataDir: join(this.home, 'data'),
      threads: 1,
      memoryLimit: '512MB',
    });
    this.cleanup.add('engine', () => engine.close());
    return engine;
  }

  private async openExportEngine() {
    const engine = await openDuckDbExportEngine({
      ...engineLimits,
      dataDir: join(this.home, 'data'),
      workDir: join(this.home, 'work'),
      memoryLimit: '256MiB',
      maxSpill: '4GiB',
    });
    this.cleanup.add('export engine', () => engine.close());
    return engine;
  }

  private gatedBus(): MessageBus {
    const { bus, claims } = this;
    return new Proxy<MessageBus>(bus, {
      get: (target, name: keyof MessageBus) => {
        const request: MessageBus['request'] = async (rpc, message, options) => {
          if (rpc.name === exportClaim.name) await claims.passed();
          return target.request(rpc, message, options);
        };
        return name === 'request' ? request : target[name].bind(target);
      },
    });
  }

  private gatedStore(): LocalObjectStore {
    return new Proxy(this.store, {
      get: (target, name: keyof LocalObjectStore) => {
        const stage: LocalObjectStore['stage'] = async (key, source, signal) => {
          await this.uploads.passed(signal);
          return target.stage(key, this.reader(source), signal);
        };
        return name === 'stage' ? stage : target[name].bind(target);
      },
    });
  }
}

const engineLimits = {
  concurrency: 2,
  maxWaiting: 16,
  waitTimeoutMs: 20_000,
  onError: (error: unknown) => {
    throw error;
  },
};

async function makeTable(home: string, { name, sql, classes }: TestTable): Promise<void> {
  const catalogDir = join(home, 'catalog');
  await importTable({
    source: { sql, dependsOn: [] },
    dataDir: join(home, 'data'),
    catalogDir,
    name,
    tenant: 'tenant_id',
    key: ['id'],
    threads: 1,
  });
  const columns = Object.entries(classes).map(
    ([column, kind]) => `  ${column}: { type: text, class: ${kind} }`,
  );
  const all = ['  id: { type: integer }', '  tenant_id: { type: text }', ...columns];
  const entry = ['name: ' + name, 'tenant: tenant_id', 'key: [id]', 'columns:', ...all];
  await writeFile(join(catalogDir, `${name}.yaml`), entry.join('\n') + '\n');
}
