import { ExportFinished, ExportOutcome, SluiceError } from '@sluice/contracts';
import { ObjectStore } from '@sluice/object-store';
import { attemptFile, deleteAttempt } from '../job/attempt-files.js';
import { JobRow, standingOf } from '../job/job-row.js';
import { nextState } from '../job/job-state.js';
import { JobDatabase, Sql } from '../postgres/job-database.js';
import { lockJob } from '../postgres/job-reads.js';
import { endJobWithFile, endJobWithoutFile } from './end-job.js';
import { checkFinished } from './finished-message.js';
import { PutBackJob } from './put-back-job.js';

type Succeeded = Extract<ExportOutcome, { kind: 'succeeded' }>;
type Failed = Extract<ExportOutcome, { kind: 'failed' }>;

/** Takes in what became of an attempt. Told twice or too late it does no harm (SPEC X6). */
export class FinishExportUseCase {
  constructor(
    private readonly database: JobDatabase,
    private readonly store: ObjectStore,
    private readonly putBackJob: PutBackJob,
    private readonly settings: {
      readonly retentionMs: number;
      readonly tidyAfterMs: number;
      /** Called once a slot came free, so that the next job need not wait for the relay's next round. */
      readonly onFreed: () => void;
    },
  ) {}

  async run(message: ExportFinished): Promise<void> {
    const { jobId, attempt, outcome } = checkFinished(message);
    const refused = await this.database.transaction(async (sql) => {
      const job = await lockJob(sql, jobId);
      // The row may be gone by retention or erasure.
      if (!job) return null;
      return outcome.kind === 'succeeded'
        ? this.succeed(sql, job, attempt, outcome)
        : this.fail(sql, job, attempt, outcome);
    });
    this.settings.onFreed();
    // After the commit, so that no rollback can bring back a job whose file was removed.
    if (refused) await deleteAttempt(this.store, refused, attempt);
  }

  /** Gives back the job when the attempt's file is not to stay. */
  private async succeed(sql: Sql, job: JobRow, attempt: number, outcome: Succeeded): Promise<JobRow | null> {
    requireOwnFile(job, attempt, outcome);
    const transition = nextState(standingOf(job), { kind: 'succeed', attempt });
    if (transition.kind === 'refuse') return job;
    if (transition.kind === 'end') {
      const { fileName, manifest } = outcome;
      const { retentionMs, tidyAfterMs } = this.settings;
      await endJobWithFile(sql, job, { fileName, manifest, retentionMs, tidyAfterMs });
    }
    return null;
  }

  private async fail(sql: Sql, job: JobRow, attempt: number, { error, transient }: Failed): Promise<null> {
    const transition = nextState(standingOf(job), { kind: 'fail', attempt, transient });
    if (transition.kind === 'wait') {
      await this.putBackJob.run(sql, job, { retry: transition.retry, error, lost: false });
    }
    if (transition.kind === 'end') {
      const { tidyAfterMs } = this.settings;
      await endJobWithoutFile(sql, job, { state: 'Failed', error }, tidyAfterMs);
    }
    return null;
  }
}

/** A message can only ever speak of the one file that the attempt may have written. */
function requireOwnFile(job: JobRow, attempt: number, { key, fileName, manifest }: Succeeded): void {
  const own = attemptFile(job, attempt);
  const fits =
    key === own.key &&
    fileName === own.name &&
    manifest.jobId === job.id &&
    manifest.attempt === attempt &&
    manifest.tenant === job.tenant &&
    manifest.dataset === job.dataset;
  if (!fits) throw new SluiceError('invalid-request', 'The manifest is of another job or attempt.');
}
