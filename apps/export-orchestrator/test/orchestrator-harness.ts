import {
  auditRecorded,
  AuditRecord,
  CheckedQuery,
  ClaimedJob,
  ExportFinished,
  ExportJob,
  exportCancel,
  exportClaim,
  exportFileName,
  exportFinished,
  exportGet,
  exportList,
  ExportPage,
  exportReady,
  exportRenew,
  exportSubmit,
  ListExports,
  Principal,
  queryCheck,
  Role,
  SluiceError,
} from '@sluice/contracts';
import { InProcessMessageBus, publishSafely } from '@sluice/messaging';
import { createDataSource, createScratchDatabase, migrate, ScratchDatabase } from '@sluice/metadata-db';
import { exportKey, LocalObjectStore, manifestKey } from '@sluice/object-store';
import { RunningApp } from '@sluice/service-kit';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import {
  ExportOrchestratorConfig,
  readExportOrchestratorConfig,
  startExportOrchestrator,
} from '../src/index.js';
import { ageFiles } from './age-files.js';
import { checkedQuery } from './checked-query.js';
import { eventually } from './eventually.js';
import { manifestOf } from './manifest-of.js';

export { eventually };

export const origin = { requestId: 'request-1', address: '127.0.0.1' };

export function caller(clientId: string, tenant: string, role: Role = 'exporter'): Principal {
  return { subject: clientId, clientId, tenants: [tenant], roles: [role] };
}

/** A body whose query-service answer is fixed by `query`: same text, same hash. */
export function body(query: string, more: object = {}): unknown {
  return { queryDefinition: { query }, format: 'csv', ...more };
}

const FAST: Partial<ExportOrchestratorConfig> = {
  logLevel: 'silent',
  // Longer than any test: a lease runs out when a test says so, never because a machine is busy.
  leaseMs: 600_000,
  retryBaseMs: 50,
  wakeAfterMs: 60_000,
  relayEveryMs: 50,
  sweepEveryMs: 50,
};

/** Orchestrators over one real database, with query-service and workers played by the test. */
export class OrchestratorHarness {
  readonly records: AuditRecord[] = [];
  /** Records of ended jobs, as the trail counts them: each id once. */
  readonly ends = new Map<string, AuditRecord>();
  /** Jobs that workers were woken for, in order. */
  readonly woken: string[] = [];
  /** Set to make the audit spool refuse. */
  auditFault: SluiceError | null = null;
  /** Set to make query-service refuse. */
  checkFault: SluiceError | null = null;
  /** Set to make the audit trail refuse. */
  trailIsAway = false;
  viewHash = 'view-1';
  /** What policy says now, and what finished files say of it. */
  policyHash = 'rules-1';
  estimatedRows: number | null = null;
  private readonly apps: RunningApp[] = [];

  private constructor(
    private readonly database: ScratchDatabase,
    readonly dataSource: DataSource,
    readonly bus: InProcessMessageBus,
    readonly store: LocalObjectStore,
    private readonly folder: string,
  ) {}

  /** `viaUrl` may lead the orchestrator to its database by a detour. */
  static async create(viaUrl = async (url: string) => url): Promise<OrchestratorHarness> {
    const database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
    const dataSource = await createDataSource({
      url: await viaUrl(database.url),
      poolSize: 10,
      connectTimeoutMs: 30_000,
      statementTimeoutMs: 30_000,
    });
    await migrate(dataSource);
    const folder = await mkdtemp(path.join(tmpdir(), 'sluice-jobs-'));
    const store = await LocalObjectStore.open({ folder, key: randomBytes(32) });
    const bus = new InProcessMessageBus({ firstRedeliveryMs: 5, longestRedeliveryMs: 20 });
    const harness = new OrchestratorHarness(database, dataSource, bus, store, folder);
    await bus.subscribe(auditRecorded, 'audit-service', async ({ records }) => {
      if (harness.trailIsAway) throw new SluiceError('unavailable', 'The trail is away.');
      for (const record of records) harness.ends.set(record.id, record);
    });
    await bus.handle(queryCheck, ({ principal, body: query }) => harness.check(principal, query));
    return harness;
  }

  async start(config: Partial<ExportOrchestratorConfig> = {}, listen = true): Promise<RunningApp> {
    const audit = { record: (record: AuditRecord) => this.record(record) };
    const { bus, dataSource, store } = this;
    if (listen) await this.listen();
    const settings = { ...readExportOrchestratorConfig({}), ...FAST, ...config };
    const app = await startExportOrchestrator(settings, { bus, dataSource, store, audit });
    this.apps.push(app);
    return app;
  }

  /** Joins as the group of workers. */
  listen(): Promise<void> {
    return this.bus.subscribe(exportReady, 'workers', async ({ jobId }) => void this.woken.push(jobId));
  }

  submit(
    principal: Principal,
    payload: unknown,
    idempotencyKey: string | null = null,
  ): Promise<{ readonly job: ExportJob; readonly created: boolean }> {
    return this.bus.request(exportSubmit, { principal, origin, body: payload, idempotencyKey });
  }

  get(principal: Principal, jobId: string): Promise<ExportJob> {
    return this.bus.request(exportGet, { principal, origin, jobId });
  }

  list(principal: Principal, page: Partial<ListExports> = {}): Promise<ExportPage> {
    return this.bus.request(exportList, { principal, origin, state: null, limit: 50, after: null, ...page });
  }

  cancel(principal: Principal, jobId: string): Promise<ExportJob> {
    return this.bus.request(exportCancel, { principal, origin, jobId });
  }

  /** Asks for the next job, as a worker does that was woken for this one; and again while too many ask at once. */
  async claim(jobId: string, workerId = 'worker-1'): Promise<ClaimedJob | null> {
    for (;;) {
      try {
        return await this.bus.request(exportClaim, { jobId, workerId });
      } catch (error) {
        if (!(error instanceof SluiceError) || error.code !== 'unavailable') throw error;
      }
    }
  }

  async renew(
    jobId: string,
    attempt: number,
    rowsDone = 0,
    rowsExpected: number | null = 100,
  ): Promise<boolean> {
    const answer = await this.bus.request(exportRenew, { jobId, attempt, rowsDone, rowsExpected });
    return answer.proceed;
  }

  /** As if its worker had said nothing for a lease, by the clock of the database. Nothing happens to a job that does not run. */
  async loseLease(jobId: string): Promise<void> {
    await this.dataSource.query(
      `update export_job set lease_expires_at = clock_timestamp() - interval '1 second'
        where id = $1 and state = 'Running'`,
      [jobId],
    );
  }

  /** As if so much time had passed since its end that no earlier worker of it can still be at work. */
  async tidyNow(jobId: string): Promise<void> {
    await this.dataSource.query(`update export_job set tidy_at = clock_timestamp() where id = $1`, [jobId]);
  }

  /** Writes the attempt's file and manifest, as a worker does before it tells of them. */
  async publishFile(job: ExportJob, attempt: number, content = 'a\r\n1\r\n'): Promise<ExportFinished> {
    const { jobId, tenant } = job;
    const fileName = exportFileName('flights', jobId, job);
    const key = exportKey({ tenant, jobId, attempt, name: fileName });
    for (const file of [key, manifestKey(key)]) {
      const staged = await this.store.stage(
        file,
        Readable.from([Buffer.from(content)]),
        AbortSignal.timeout(60_000),
      );
      await staged.publish();
    }
    const manifest = manifestOf(job, attempt, { content, policyHash: this.policyHash });
    return { jobId, attempt, outcome: { kind: 'succeeded', key, fileName, manifest } };
  }

  /** Tells of a finished attempt, and waits until it was taken in. */
  finish(message: ExportFinished): Promise<void> {
    return publishSafely(this.bus, exportFinished, message);
  }

  fail(jobId: string, attempt: number, transient: boolean): Promise<void> {
    const error = { code: 'overloaded', message: 'The engine is busy.', details: {} } as const;
    return this.finish({ jobId, attempt, outcome: { kind: 'failed', error, transient } });
  }

  /** Takes a job from its submission to its file. */
  async complete(principal: Principal, query: string): Promise<ExportJob> {
    const { job } = await this.submit(principal, body(query));
    const claimed = await this.claim(job.jobId);
    await this.finish(await this.publishFile(job, claimed!.attempt));
    return this.get(principal, job.jobId);
  }

  /** Ends what other tests left alive, so that the next claim is for the next test's job. */
  async endAll(): Promise<void> {
    await this.dataSource.query(
      `update export_job set state = 'Canceled', lease_expires_at = null, finished_at = clock_timestamp()
        where state in ('Pending', 'Running')`,
    );
  }

  hasFile(job: ExportJob, attempt: number): Promise<boolean> {
    const name = exportFileName('flights', job.jobId, job);
    const key = exportKey({ tenant: job.tenant, jobId: job.jobId, attempt, name });
    return this.store.read(key).then(
      (stream) => (stream.destroy(), true),
      () => false,
    );
  }

  /** Makes whatever is in the store now as old as that. */
  ageFiles(ms: number): Promise<void> {
    return ageFiles(this.folder, ms);
  }

  async stagedFiles(): Promise<number> {
    return (await readdir(path.join(this.folder, 'staging'))).length;
  }

  /** What the trail says of a job's end; complete once the outbox is empty. */
  async endsOf(jobId: string): Promise<readonly AuditRecord[]> {
    await eventually(async () => (await this.count('outbox')) === 0);
    return [...this.ends.values()].filter((record) => record.jobId === jobId);
  }

  /** What the counter row of a tenant says. */
  async slots(tenant: string): Promise<{ readonly active: number; readonly waiting: number }> {
    const [row] = await this.dataSource.query<[{ active: number; waiting: number }]>(
      `select active, waiting from export_slots where tenant = $1`,
      [tenant],
    );
    return row;
  }

  count(table: 'export_job' | 'outbox'): Promise<number> {
    return this.dataSource
      .query<[{ count: string }]>(`select count(*) from ${table}`)
      .then(([{ count }]) => Number(count));
  }

  async close(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.close(2_000)));
    await this.bus.close(2_000);
    await this.dataSource.destroy();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async record(record: AuditRecord): Promise<void> {
    if (this.auditFault) throw this.auditFault;
    this.records.push(record);
  }

  private async check(principal: Principal, query: unknown): Promise<CheckedQuery> {
    if (this.checkFault) throw this.checkFault;
    return checkedQuery(principal, query, this);
  }
}
