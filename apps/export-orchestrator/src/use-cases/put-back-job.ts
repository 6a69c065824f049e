import { ErrorPayload } from '@sluice/contracts';
import { retryDelayMs } from '../job/retry-delay.js';
import { Sql } from '../postgres/job-database.js';
import { putBack } from '../postgres/job-writes.js';
import { JobRow } from '../job/job-row.js';
import { leaveReady, leaveReadyNext } from '../postgres/outbox.js';

/** Puts a job back into the line with a growing pause, and leaves word for when it is over; its slot goes to the next in line. */
export class PutBackJob {
  constructor(
    private readonly settings: { readonly retryBaseMs: number; readonly wakeAfterMs: number },
    private readonly random: () => number = Math.random,
  ) {}

  /** `lost`: because its worker fell silent, which counts towards setting the job aside. */
  async run(
    sql: Sql,
    job: Pick<JobRow, 'id' | 'tenant'>,
    why: { readonly retry: number; readonly error: ErrorPayload; readonly lost: boolean },
  ): Promise<void> {
    const { retryBaseMs, wakeAfterMs } = this.settings;
    const pauseMs = retryDelayMs(retryBaseMs, why.retry, this.random());
    await putBack(sql, { jobId: job.id, pauseMs, wakeAfterMs, error: why.error, lost: why.lost });
    await leaveReady(sql, job.id, pauseMs);
    await leaveReadyNext(sql, job.tenant);
  }
}
