import { ClaimedJob, ErrorPayload } from '@sluice/contracts';
import { standingOf } from '../job/job-row.js';
import { nextState } from '../job/job-state.js';
import { JobDatabase } from '../postgres/job-database.js';
import { lockJob } from '../postgres/job-reads.js';
import { endWithoutFile, startAttempt } from '../postgres/job-writes.js';

/** Told of a job whose workers vanished each time: nobody knows more. */
export const ATTEMPTS_USED_UP: ErrorPayload = {
  code: 'export-failed',
  message: 'The export was given up: each attempt to run it ended without an answer.',
  details: {},
};

/** Gives a job to a worker for one attempt, or null when it is not to be run by the asker (SPEC X6). */
export class ClaimExportUseCase {
  constructor(
    private readonly database: JobDatabase,
    private readonly settings: { readonly leaseMs: number; readonly tidyAfterMs: number },
  ) {}

  run({
    jobId,
    workerId,
  }: {
    readonly jobId: string;
    readonly workerId: string;
  }): Promise<ClaimedJob | null> {
    return this.database.transaction(async (sql) => {
      const job = await lockJob(sql, jobId);
      if (!job) return null;
      const { leaseMs, tidyAfterMs } = this.settings;
      const transition = nextState(standingOf(job), { kind: 'claim' });
      if (transition.kind === 'end') {
        await endWithoutFile(sql, { jobId, state: 'Failed', error: ATTEMPTS_USED_UP, tidyAfterMs });
      }
      if (transition.kind !== 'run') return null;
      const { attempt } = transition;
      await startAttempt(sql, { jobId, attempt, workerId, leaseMs });
      const { principal, spec, origin } = job;
      return { jobId: job.id, attempt, principal, spec, origin, leaseMs };
    });
  }
}
