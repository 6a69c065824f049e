import { standingOf } from '../job/job-row.js';
import { nextState } from '../job/job-state.js';
import { JobDatabase } from '../postgres/job-database.js';
import { lockJob } from '../postgres/job-reads.js';
import { findForsakenJobs } from '../postgres/submitters.js';
import { findDrift, mendSlots, SlotDrift } from '../postgres/slots.js';
import { findLostJobs, forgetIdempotencyKeys, forgetSubmissions, wakeForgotten } from '../postgres/sweeps.js';
import { ATTEMPTS_USED_UP, SET_ASIDE } from '../job/given-up.js';
import { endJobWithoutFile } from '../use-cases/end-job.js';
import { PutBackJob } from '../use-cases/put-back-job.js';

/** Rows a round looks at; what is left waits for the next one. */
const BATCH = 100;
const IDEMPOTENCY_KEPT_MS = 7 * 86_400_000;
/** Far longer than a question lives in the broker. */
const SUBMISSIONS_KEPT_MS = 3_600_000;
/** More than can be submitted between two rounds for long. */
const SUBMISSIONS_BATCH = 10_000;

/** Finds jobs that nobody takes care of: their worker fell silent, or no worker ever came. */
export class JobSweeper {
  constructor(
    private readonly database: JobDatabase,
    private readonly putBackJob: PutBackJob,
    private readonly settings: {
      readonly wakeAfterMs: number;
      readonly tidyAfterMs: number;
      /** Told of counts that were not those of the jobs, after they were mended. */
      readonly onDrift: (drift: SlotDrift) => void;
    },
  ) {}

  /** True when it left messages in the outbox. */
  async run(): Promise<boolean> {
    const lost = await findLostJobs(this.database, BATCH);
    for (const jobId of lost) await this.recover(jobId);
    for (const jobId of await findForsakenJobs(this.database, BATCH)) await this.cancel(jobId);
    const woken = await wakeForgotten(this.database, this.settings.wakeAfterMs, BATCH);
    await forgetIdempotencyKeys(this.database, IDEMPOTENCY_KEPT_MS, BATCH);
    await forgetSubmissions(this.database, SUBMISSIONS_KEPT_MS, SUBMISSIONS_BATCH);
    await this.reconcile();
    return lost.length + woken > 0;
  }

  private recover(jobId: string): Promise<void> {
    return this.database.transaction(async (sql) => {
      const job = await lockJob(sql, jobId);
      if (!job) return;
      const transition = nextState(standingOf(job), { kind: 'lose-lease' });
      if (transition.kind === 'wait') {
        const { retry } = transition;
        await this.putBackJob.run(sql, job, { retry, error: ATTEMPTS_USED_UP, lost: true });
      }
      if (transition.kind === 'end' || transition.kind === 'set-aside') {
        const { tidyAfterMs } = this.settings;
        const error = transition.kind === 'end' ? ATTEMPTS_USED_UP : SET_ASIDE;
        await endJobWithoutFile(sql, job, { state: 'Failed', error }, tidyAfterMs);
      }
    });
  }

  /** Nobody is left who may have the file. */
  private cancel(jobId: string): Promise<void> {
    return this.database.transaction(async (sql) => {
      const job = await lockJob(sql, jobId);
      if (!job || nextState(standingOf(job), { kind: 'cancel' }).kind !== 'end') return;
      await endJobWithoutFile(sql, job, { state: 'Canceled', error: null }, this.settings.tidyAfterMs);
    });
  }

  /** The trigger keeps the counts; this is for what nobody foresaw. */
  private async reconcile(): Promise<void> {
    for (const tenant of await findDrift(this.database, BATCH)) {
      const drift = await this.database.transaction((sql) => mendSlots(sql, tenant));
      if (drift) this.settings.onDrift(drift);
    }
  }
}
