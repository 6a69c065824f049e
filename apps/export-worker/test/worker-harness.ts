import { buildCatalog } from '@sluice/catalog';
import {
  AuditRecord,
  ClaimedJob,
  DEFAULT_CSV_OPTIONS,
  DEFAULT_PDF_OPTIONS,
  exportClaim,
  ExportFinished,
  exportFinished,
  ExportOutcome,
  exportReady,
  exportRenew,
  ExportSpec,
  JobProgress,
  SluiceError,
} from '@sluice/contracts';
import { ExportEngine } from '@sluice/engine';
import { InProcessMessageBus } from '@sluice/messaging';
import { LocalObjectStore } from '@sluice/object-store';
import { Governance, Policy } from '@sluice/policy';
import { RunningApp } from '@sluice/service-kit';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExportWorkerConfig, readExportWorkerConfig, startExportWorker } from '../src/index.js';

export const secret = 'a secret of the test that is long enough';

/** People with a masked name, by tenant. */
export function peopleGovernance(nameFor: 'clear' | 'mask' | 'deny' = 'mask'): Governance {
  const content = {
    name: 'people',
    tenant: 'tenant_id',
    key: ['id'],
    columns: { id: { type: 'integer' }, name: { type: 'text', class: 'pii' }, tenant_id: { type: 'text' } },
  };
  const catalog = buildCatalog([{ file: 'people.yaml', content }]);
  const classes = { pii: { viewer: 'deny', exporter: nameFor, admin: 'clear' } };
  return { catalog, policy: Policy.build({ version: 1, classes }, catalog) };
}

/** A worker on a real bus and store, with the orchestrator played by the test. */
export class WorkerHarness {
  readonly records: AuditRecord[] = [];
  readonly renewals: JobProgress[] = [];
  readonly finished: ExportFinished[] = [];
  governance = peopleGovernance();
  /** Jobs to be claimed, each once; set `proceed` to false to take them away. */
  readonly ready = new Map<string, ClaimedJob>();
  proceed = true;
  renewFault: SluiceError | null = null;
  /** Renewals that met `renewFault`. */
  refusedRenewals = 0;
  /** Claims that find nobody before one is answered. */
  claimFaults = 0;
  auditFault: SluiceError | null = null;
  /** Outcomes that the orchestrator refuses before it takes one. */
  refusals = 0;
  private app: RunningApp | undefined;

  private constructor(
    readonly bus: InProcessMessageBus,
    readonly store: LocalObjectStore,
    readonly folder: string,
  ) {}

  static async create(): Promise<WorkerHarness> {
    const folder = await mkdtemp(path.join(tmpdir(), 'sluice-worker-'));
    const store = await LocalObjectStore.open({ folder: path.join(folder, 'store'), key: randomBytes(32) });
    const bus = new InProcessMessageBus({ firstRedeliveryMs: 5, longestRedeliveryMs: 10 });
    const harness = new WorkerHarness(bus, store, folder);
    await bus.handle(exportClaim, async ({ jobId }) => harness.claim(jobId));
    await bus.handle(exportRenew, async (progress) => harness.renew(progress));
    await bus.subscribe(exportFinished, 'export-orchestrator', async (message) => harness.take(message));
    return harness;
  }

  async start(engine: ExportEngine, config: Partial<ExportWorkerConfig> = {}): Promise<RunningApp> {
    const { bus, store } = this;
    const audit = { record: async (record: AuditRecord) => this.record(record) };
    const governance = { current: () => this.governance };
    const fast = { logLevel: 'silent', renewEveryMs: 30, slotWaitMs: 60_000, tellAgainMs: 10 } as const;
    const settings = { ...readExportWorkerConfig({ SLUICE_SECRET: secret }), ...fast, ...config };
    this.app = await startExportWorker(settings, { bus, store, engine, governance, audit });
    return this.app;
  }

  /** Makes a job ready and wakes the worker for it. */
  async submit(spec: Partial<ExportSpec> = {}, job: Partial<ClaimedJob> = {}): Promise<string> {
    const jobId = randomUUID();
    this.ready.set(jobId, {
      jobId,
      attempt: 1,
      principal: { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['exporter'] },
      spec: {
        queryDefinition: { dataset: 'people', select: ['id', 'name'], sort: ['id'] },
        format: 'csv',
        compression: null,
        csv: DEFAULT_CSV_OPTIONS,
        pdf: DEFAULT_PDF_OPTIONS,
        ...spec,
      },
      origin: { requestId: 'request-1', address: '127.0.0.1' },
      // Far longer than a busy machine may be away: what a lease is for has a test of its own.
      leaseMs: 600_000,
      ...job,
    });
    await this.bus.publish(exportReady, { jobId });
    return jobId;
  }

  /** The outcome of a job that has to succeed. */
  async succeeded(jobId: string): Promise<Extract<ExportOutcome, { kind: 'succeeded' }>> {
    const outcome = await this.outcomeOf(jobId);
    if (outcome.kind !== 'succeeded') throw new Error(`The export failed: ${JSON.stringify(outcome.error)}`);
    return outcome;
  }

  async outcomeOf(jobId: string): Promise<ExportOutcome> {
    await eventually(() => this.finished.some((message) => message.jobId === jobId));
    return this.finished.find((message) => message.jobId === jobId)!.outcome;
  }

  /** Everything in the store: what can be seen, and what was left of what cannot. */
  async filesInStore(): Promise<readonly string[]> {
    const names = await readdir(path.join(this.folder, 'store'), { recursive: true, withFileTypes: true });
    return names.filter((entry) => entry.isFile()).map((entry) => entry.name);
  }

  /** Leads what is written to the store through a stream of the test. */
  readThrough(lead: (source: Readable) => Readable): void {
    const stage = this.store.stage.bind(this.store);
    this.store.stage = (key, source, signal) => stage(key, lead(source), signal);
  }

  /** From its first file with a name on, the job is somebody else's; gives the names as they come. */
  loseJobOncePublished(): readonly string[] {
    const stage = this.store.stage.bind(this.store);
    const shown: string[] = [];
    this.store.stage = async (...asked) => {
      const object = await stage(...asked);
      const publish = async (): Promise<void> => {
        await object.publish();
        shown.push(object.key);
        this.proceed = false;
      };
      return { ...object, publish };
    };
    return shown;
  }

  /** Ends the worker: from here on nothing more can be told or written. */
  async end(): Promise<void> {
    await this.app?.close(60_000);
    await this.bus.close(60_000);
    this.app = undefined;
  }

  async close(): Promise<void> {
    await this.app?.close(1_000);
    await this.bus.close(1_000);
    await rm(this.folder, { recursive: true, force: true });
  }

  private claim(jobId: string): ClaimedJob | null {
    if (this.claimFaults > 0) {
      this.claimFaults -= 1;
      throw new SluiceError('unavailable', 'The job store does not answer.');
    }
    const job = this.ready.get(jobId) ?? null;
    this.ready.delete(jobId);
    return job;
  }

  private renew(progress: JobProgress): { readonly proceed: boolean } {
    if (this.renewFault) {
      this.refusedRenewals += 1;
      throw this.renewFault;
    }
    this.renewals.push(progress);
    return { proceed: this.proceed };
  }

  private take(message: ExportFinished): void {
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw new SluiceError('unavailable', 'Not now.');
    }
    this.finished.push(message);
  }

  private record(record: AuditRecord): void {
    if (this.auditFault) throw this.auditFault;
    this.records.push(record);
  }
}

/** Waits until something holds; fails after the deadline. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 45_000,
): Promise<void> {
  for (const end = Date.now() + deadlineMs; Date.now() < end; await sleep(10)) {
    if (await holds()) return;
  }
  throw new Error(`It never came to hold: ${holds.toString()}`);
}
