import { JobProgress } from '@sluice/contracts';
import { standingOf } from '../job/job-row.js';
import { nextState } from '../job/job-state.js';
import { JobDatabase } from '../postgres/job-database.js';
import { lockJob } from '../postgres/job-reads.js';
import { extendLease } from '../postgres/job-writes.js';

/** Keeps a job with its worker, or tells it to stop: canceled, taken over, finished. */
export class RenewExportUseCase {
  constructor(
    private readonly database: JobDatabase,
    private readonly settings: { readonly leaseMs: number },
  ) {}

  run({ jobId, attempt, rowsDone, rowsExpected }: JobProgress): Promise<{ readonly proceed: boolean }> {
    return this.database.transaction(async (sql) => {
      const job = await lockJob(sql, jobId);
      const transition = job && nextState(standingOf(job), { kind: 'renew', attempt });
      if (transition?.kind !== 'extend') return { proceed: false };
      await extendLease(sql, { jobId, rowsDone, rowsExpected, leaseMs: this.settings.leaseMs });
      return { proceed: true };
    });
  }
}
