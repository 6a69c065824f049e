import { ClaimedJob, exportFinished, ExportOutcome } from '@sluice/contracts';
import { MessageBus, publishSafely } from '@sluice/messaging';
import { Logger } from '@sluice/service-kit';
import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 5;

/**
 * Tells what became of an attempt, a few times over when nobody takes the message. Rejects when it could not be told or
 * `signal` fired: the lease then runs out, and the job is run again.
 */
export async function tellOutcome(
  bus: MessageBus,
  job: ClaimedJob,
  outcome: ExportOutcome,
  options: { readonly signal: AbortSignal; readonly againMs: number; readonly logger: Logger },
): Promise<void> {
  const { jobId, attempt } = job;
  for (let tried = 1; ; tried++) {
    try {
      await publishSafely(bus, exportFinished, { jobId, attempt, outcome });
      return;
    } catch (err) {
      if (tried === TRIES) throw err;
      options.logger.warn({ err, jobId }, 'an outcome could not be told; it is tried again');
      await sleep(options.againMs * 2 ** (tried - 1), undefined, { signal: options.signal });
    }
  }
}
