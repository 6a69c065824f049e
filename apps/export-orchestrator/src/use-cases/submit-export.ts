import {
  AuditSink,
  CheckedQuery,
  ExportJob,
  ExportSpec,
  queryCheck,
  SluiceError,
  SubmitExport,
} from '@sluice/contracts';
import { MessageBus } from '@sluice/messaging';
import { randomUUID } from 'node:crypto';
import { passFailpoint, recorded } from '@sluice/service-kit';
import { JobDatabase, Sql } from '../postgres/job-database.js';
import { readJobView } from '../postgres/read-job-view.js';
import { leaveReady } from '../postgres/outbox.js';
import { lockLine } from '../postgres/slots.js';
import {
  addSubmitter,
  findIdempotent,
  findTwin,
  insertJob,
  keepIdempotent,
  LOCK_SPACES,
  lockSubmission,
} from '../postgres/submissions.js';
import { readExportBody } from '../submit/read-export-body.js';
import { readIdempotencyKey } from '../submit/read-idempotency-key.js';
import { requireExporter } from '../submit/require-exporter.js';
import { dedupeKey, idempotencyScope, payloadHash } from '../submit/submission-hashes.js';

/** When a place in a full line may be free. */
const LINE_FULL_SECONDS = 30;

export interface SubmitExportSettings {
  readonly dedupeWindowMs: number;
  readonly wakeAfterMs: number;
  /** Jobs of one tenant that may wait (SPEC X4). */
  readonly maxWaiting: number;
  /** Called once a job was committed, so that it need not wait for the relay's next round. */
  readonly onCreated: () => void;
}

interface Submission {
  readonly request: SubmitExport;
  readonly tenant: string;
  readonly spec: ExportSpec;
  readonly query: CheckedQuery;
}

/** Takes an export, or finds the one that was taken before (SPEC X1, X2). */
export class SubmitExportUseCase {
  constructor(
    private readonly bus: MessageBus,
    private readonly database: JobDatabase,
    private readonly audit: AuditSink,
    private readonly settings: SubmitExportSettings,
  ) {}

  run(request: SubmitExport): Promise<{ readonly job: ExportJob; readonly created: boolean }> {
    const { principal, origin } = request;
    const [tenant] = principal.tenants;
    const asked = { action: 'export.submit', principal, tenant, origin, jobId: null } as const;
    return recorded(this.audit, asked, async (note) => {
      requireExporter(principal);
      const idempotencyKey = readIdempotencyKey(request.idempotencyKey);
      const spec = readExportBody(request.body);
      const query = await this.bus.request(queryCheck, { principal, body: spec.queryDefinition });
      note({
        dataset: query.dataset,
        columns: query.columns.map(({ name }) => name),
        masks: query.columns.filter(({ masked }) => masked).map(({ name }) => name),
        queryHash: query.queryHash,
      });
      const submission = { request, tenant, spec, query };
      const taken = await this.database.transaction((sql) => this.take(sql, submission, idempotencyKey));
      passFailpoint('orchestrator.submitted');
      note({ jobId: taken.job.jobId, status: taken.created ? 202 : 200 });
      if (taken.created) this.settings.onCreated();
      return taken;
    });
  }

  /** The locks make twins come one after the other, whichever orchestrator they reach; the second one sees the first. */
  private async take(
    sql: Sql,
    submission: Submission,
    idempotencyKey: string | null,
  ): Promise<{ readonly job: ExportJob; readonly created: boolean }> {
    const { request, tenant, spec, query } = submission;
    if (idempotencyKey === null) return this.findOrCreate(sql, submission);

    const scopeHash = idempotencyScope(tenant, request.principal, idempotencyKey);
    await lockSubmission(sql, LOCK_SPACES.idempotencyKey, scopeHash);
    const before = await findIdempotent(sql, scopeHash);
    const hash = payloadHash(spec, query);
    if (before?.payloadHash === hash) return { job: await readJobView(sql, before.jobId), created: false };
    if (before) {
      throw new SluiceError('idempotency-mismatch', 'The Idempotency-Key came with another payload before.');
    }
    const taken = await this.findOrCreate(sql, submission);
    await keepIdempotent(sql, { scopeHash, payloadHash: hash, jobId: taken.job.jobId });
    return taken;
  }

  private async findOrCreate(
    sql: Sql,
    { request, tenant, spec, query }: Submission,
  ): Promise<{ readonly job: ExportJob; readonly created: boolean }> {
    const key = dedupeKey(tenant, spec, query);
    await lockSubmission(sql, LOCK_SPACES.payload, key);
    const { principal, origin } = request;
    const twin = await findTwin(sql, key, this.settings.dedupeWindowMs);
    if (twin !== undefined) {
      await addSubmitter(sql, twin, principal);
      return { job: await readJobView(sql, twin), created: false };
    }
    await this.requirePlace(sql, tenant);
    const jobId = randomUUID();
    const { dataset, columns, queryHash } = query;
    const { wakeAfterMs } = this.settings;
    const job = {
      jobId,
      tenant,
      principal,
      origin,
      spec,
      dataset,
      columns,
      queryHash,
      dedupeKey: key,
      rowsExpected: query.estimatedRows,
      wakeAfterMs,
    };
    await insertJob(sql, job);
    await addSubmitter(sql, jobId, principal);
    await leaveReady(sql, jobId);
    return { job: await readJobView(sql, jobId), created: true };
  }

  private async requirePlace(sql: Sql, tenant: string): Promise<void> {
    const { maxWaiting } = this.settings;
    if ((await lockLine(sql, tenant)) < maxWaiting) return;
    const message = `The tenant's line is full: ${maxWaiting} exports wait. Try again when some have run.`;
    throw new SluiceError('export-line-full', message, {
      limit: { name: 'waitingExports', value: maxWaiting },
      retryAfter: LINE_FULL_SECONDS,
    });
  }
}
