import { ObjectStore } from '@sluice/object-store';
import { passFailpoint } from '@sluice/service-kit';
import { deleteAttempt } from '../job/attempt-files.js';
import { JobDatabase } from '../postgres/job-database.js';
import { settleTidied, takeUntidy, UntidyJob } from '../postgres/sweeps.js';

const BATCH = 20;
/** When a tidier that took a job's files and died is followed by the next, in ms. */
const AGAIN_MS = 300_000;

/**
 * Removes files that nobody may have any more: those of attempts that lost, of jobs that were canceled, and those past
 * their time (SPEC X14). Rows say what is due, so a crash at any point only delays it.
 */
export class FileTidier {
  constructor(
    private readonly database: JobDatabase,
    private readonly store: ObjectStore,
  ) {}

  /**
   * Tidies up for some of the jobs that are due; true when there may be more.
   *
   * @throws AggregateError of what could not be removed; it is tried again later, and kept nobody else waiting
   */
  async run(): Promise<boolean> {
    const jobs = await takeUntidy(this.database, AGAIN_MS, BATCH);
    const settled = await Promise.allSettled(jobs.map((job) => this.tidy(job)));
    const faults = settled.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    if (faults.length > 0)
      throw new AggregateError(faults, `Files of ${faults.length} exports could not be removed.`);
    return jobs.length === BATCH;
  }

  private async tidy(job: UntidyJob): Promise<void> {
    const kept = job.file_expired === false ? job.manifest?.attempt : undefined;
    for (let attempt = 1; attempt <= job.attempt; attempt++) {
      if (attempt !== kept) await deleteAttempt(this.store, job, attempt);
    }
    passFailpoint('orchestrator.tidied');
    await settleTidied(this.database, job.id, job.token);
  }
}
