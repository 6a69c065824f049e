import { ClaimedJob, ClaimExport } from '@sluice/contracts';
import { standingOf } from '../job/job-row.js';
import { nextState } from '../job/job-state.js';
import { standingNow } from '../job/narrow-principal.js';
import { JobDatabase } from '../postgres/job-database.js';
import { lockJob } from '../postgres/job-reads.js';
import { startAttempt } from '../postgres/job-writes.js';
import { lockClaims, takeNextJob } from '../postgres/slots.js';
import { findSubmitters } from '../postgres/submitters.js';
import { endJobWithoutFile } from './end-job.js';

/**
 * Gives a free worker the next job for one attempt, or null when none may run now (SPEC X4, X6). Which one the database says, not the
 * message that woke the worker: the tenant with the fewest active jobs goes first. The attempt gets what its submitters may see now; the job of
 * nobody is ended instead.
 */
export class ClaimExportUseCase {
  constructor(
    private readonly database: JobDatabase,
    private readonly settings: { readonly leaseMs: number; readonly tidyAfterMs: number },
  ) {}

  run({ workerId }: Pick<ClaimExport, 'workerId'>): Promise<ClaimedJob | null> {
    return this.database.transaction(async (sql) => {
      await lockClaims(sql);
      const jobId = await takeNextJob(sql);
      const job = jobId && (await lockJob(sql, jobId));
      if (!job) return null;
      const transition = nextState(standingOf(job), { kind: 'claim' });
      if (transition.kind !== 'run') return null;
      const { attempt } = transition;
      const { leaseMs, tidyAfterMs } = this.settings;
      const standing = standingNow(job.principal, await findSubmitters(sql, job.id));
      if (standing.kind !== 'may') {
        await endJobWithoutFile(sql, job, { state: 'Canceled', error: null }, tidyAfterMs);
        return null;
      }
      await startAttempt(sql, { jobId: job.id, attempt, workerId, leaseMs });
      const { spec, origin } = job;
      return { jobId: job.id, attempt, principal: standing.principal, spec, origin, leaseMs };
    });
  }
}
