import { ErrorPayload } from '@sluice/contracts';
import { retryDelayMs } from '../job/retry-delay.js';
import { Sql } from '../postgres/job-database.js';
import { putBack } from '../postgres/job-writes.js';
import { leaveReady } from '../postgres/outbox.js';

/** Puts a job back into the line with a growing pause, and leaves word for when the pause is over. */
export class PutBackJob {
  constructor(
    private readonly settings: { readonly retryBaseMs: number; readonly wakeAfterMs: number },
    private readonly random: () => number = Math.random,
  ) {}

  async run(sql: Sql, jobId: string, retry: number, error: ErrorPayload): Promise<void> {
    const { retryBaseMs, wakeAfterMs } = this.settings;
    const pauseMs = retryDelayMs(retryBaseMs, retry, this.random());
    await putBack(sql, { jobId, pauseMs, wakeAfterMs, error });
    await leaveReady(sql, jobId, pauseMs);
  }
}
