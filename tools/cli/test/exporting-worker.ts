import { buildCatalog } from '@sluice/catalog';
import {
  ClaimedJob,
  DEFAULT_CSV_OPTIONS,
  DEFAULT_PDF_OPTIONS,
  ExportCompression,
  exportClaim,
  ExportFinished,
  exportFinished,
  ExportFormat,
  exportReady,
  exportRenew,
  SignedManifest,
} from '@sluice/contracts';
import { importTable, openDuckDbExportEngine } from '@sluice/engine';
import { readExportWorkerConfig, startExportWorker } from '@sluice/export-worker';
import { InProcessMessageBus } from '@sluice/messaging';
import { LocalObjectStore } from '@sluice/object-store';
import { Policy } from '@sluice/policy';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

export interface Exported {
  readonly bytes: Buffer;
  readonly manifest: SignedManifest;
}

/** A worker on the real engine and store, with a table `people` of so many rows, and texts that are hard to count. */
export interface ExportingWorker {
  readonly export: (
    format: ExportFormat,
    compression: ExportCompression | null,
    rows: number,
  ) => Promise<Exported>;
  readonly close: () => Promise<void>;
}

const PEOPLE = (
  rows: number,
): string => `select i as id, case i % 5 when 0 then 'a "quoted" name' when 1 then E'two\\nlines, {"a":[1]}'
  when 2 then '<row r="1"></row></worksheet>' when 3 then null else ']}' end as name from range(${String(rows)}) r(i)`;

export async function startExportingWorker(
  folder: string,
  secret: string,
  rows: number,
): Promise<ExportingWorker> {
  const columns = { id: { type: 'integer' }, name: { type: 'text' } };
  const content = { name: 'people', shared: true, key: ['id'], columns };
  const catalog = buildCatalog([{ file: 'people.yaml', content }]);
  const governance = { catalog, policy: Policy.build({ version: 1 }, catalog) };
  const dataDir = join(folder, 'data');
  const source = { sql: PEOPLE(rows), dependsOn: [] };
  const catalogDir = join(folder, 'catalog');
  await importTable({ source, dataDir, catalogDir, name: 'people', tenant: null, key: ['id'] });
  const engine = await openDuckDbExportEngine({
    dataDir,
    workDir: join(folder, 'work'),
    memoryLimit: '256MiB',
    maxSpill: '1GiB',
    concurrency: 1,
    maxWaiting: 1,
    waitTimeoutMs: 60_000,
    onError: (error) => {
      throw error;
    },
  });
  const store = await LocalObjectStore.open({ folder: join(folder, 'store'), key: randomBytes(32) });
  const bus = new InProcessMessageBus();
  const jobs = new Jobs(bus, store);
  await jobs.listen();
  const config = readExportWorkerConfig({ SLUICE_SECRET: secret, SLUICE_LOG_LEVEL: 'silent' });
  const audit = { record: () => Promise.resolve() };
  const app = await startExportWorker(config, {
    bus,
    store,
    engine,
    audit,
    governance: { current: () => governance },
  });
  const close = async (): Promise<void> => {
    await app.close(1_000);
    await engine.close();
    await bus.close(1_000);
  };
  return { export: (format, compression, count) => jobs.run(format, compression, count), close };
}

/** Plays the orchestrator: one job after another. */
class Jobs {
  private claimed: ClaimedJob | null = null;
  private finish: (message: ExportFinished) => void = () => undefined;

  constructor(
    private readonly bus: InProcessMessageBus,
    private readonly store: LocalObjectStore,
  ) {}

  async listen(): Promise<void> {
    await this.bus.handle(exportClaim, () => Promise.resolve(this.claimed));
    await this.bus.handle(exportRenew, () => Promise.resolve({ proceed: true }));
    await this.bus.subscribe(exportFinished, 'test', (message) => Promise.resolve(this.finish(message)));
  }

  async run(format: ExportFormat, compression: ExportCompression | null, rows: number): Promise<Exported> {
    const filter = { column: 'id', op: 'lt', value: rows };
    const queryDefinition = { dataset: 'people', select: ['id', 'name'], filter, sort: ['id'] };
    const jobId = randomUUID();
    this.claimed = {
      jobId,
      attempt: 1,
      principal: { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['exporter'] },
      spec: { queryDefinition, format, compression, csv: DEFAULT_CSV_OPTIONS, pdf: DEFAULT_PDF_OPTIONS },
      origin: { requestId: 'r', address: '127.0.0.1' },
      leaseMs: 600_000,
    };
    const finished = new Promise<ExportFinished>((resolve) => (this.finish = resolve));
    await this.bus.publish(exportReady, { jobId });
    const { outcome } = await finished;
    if (outcome.kind !== 'succeeded') throw new Error(JSON.stringify(outcome));
    return { bytes: await buffer(await this.store.read(outcome.key)), manifest: outcome.manifest };
  }
}
