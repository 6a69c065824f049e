import { CheckedQuery, ExportSpec, SluiceError, SubmitExport } from '@sluice/contracts';
import { randomUUID } from 'node:crypto';
import { Sql } from '../postgres/job-database.js';
import { leaveReady } from '../postgres/outbox.js';
import { lockLine } from '../postgres/slots.js';
import {
  addSubmitter,
  findIdempotent,
  findTaken,
  findTwin,
  insertJob,
  keepIdempotent,
  keepTaken,
  LOCK_SPACES,
  lockSubmission,
  Taken,
} from '../postgres/submissions.js';
import { dedupeKey, idempotencyScope, payloadHash } from '../submit/submission-hashes.js';

/** When a place in a full line may be free. */
const LINE_FULL_SECONDS = 30;

/** A submission that was read, authorised and checked. */
export interface Submission {
  readonly request: SubmitExport;
  readonly tenant: string;
  readonly spec: ExportSpec;
  readonly query: CheckedQuery;
}

/**
 * Finds the job that a submission stands for, or makes it, in one transaction. Locks make those that could be for the same job come one
 * after the other, whichever orchestrator they reach; the second one sees what the first did.
 */
export class TakeSubmission {
  constructor(
    private readonly settings: {
      readonly dedupeWindowMs: number;
      readonly wakeAfterMs: number;
      /** Jobs of one tenant that may wait (SPEC X4). */
      readonly maxWaiting: number;
    },
  ) {}

  async run(sql: Sql, submission: Submission, idempotencyKey: string | null): Promise<Taken> {
    const { submissionId } = submission.request;
    if (submissionId === undefined) return this.take(sql, submission, idempotencyKey);
    await lockSubmission(sql, LOCK_SPACES.submission, submissionId);
    const before = await findTaken(sql, submissionId);
    if (before) return before;
    const taken = await this.take(sql, submission, idempotencyKey);
    await keepTaken(sql, submissionId, taken);
    return taken;
  }

  private async take(sql: Sql, submission: Submission, idempotencyKey: string | null): Promise<Taken> {
    const { request, tenant, spec, query } = submission;
    if (idempotencyKey === null) return this.findOrCreate(sql, submission);

    const scopeHash = idempotencyScope(tenant, request.principal, idempotencyKey);
    await lockSubmission(sql, LOCK_SPACES.idempotencyKey, scopeHash);
    const before = await findIdempotent(sql, scopeHash);
    const hash = payloadHash(spec, query);
    if (before?.payloadHash === hash) return { jobId: before.jobId, created: false };
    if (before) {
      throw new SluiceError('idempotency-mismatch', 'The Idempotency-Key came with another payload before.');
    }
    const taken = await this.findOrCreate(sql, submission);
    await keepIdempotent(sql, { scopeHash, payloadHash: hash, jobId: taken.jobId });
    return taken;
  }

  private async findOrCreate(sql: Sql, { request, tenant, spec, query }: Submission): Promise<Taken> {
    const key = dedupeKey(tenant, spec, query);
    await lockSubmission(sql, LOCK_SPACES.payload, key);
    const { principal, origin } = request;
    const twin = await findTwin(sql, key, this.settings.dedupeWindowMs);
    if (twin !== undefined) {
      await addSubmitter(sql, twin, principal);
      return { jobId: twin, created: false };
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
    return { jobId, created: true };
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
