import { SluiceError } from '@sluice/contracts';
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** Far below the broker's limit for an acknowledgement, half an hour. */
const MOST_MS = 600_000;

export interface OutageTimes {
  /** Monotonic, in ms. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
}

const REAL: OutageTimes = { now: () => performance.now(), pause: (ms) => sleep(ms) };

/**
 * Does something again as long as a part that it needs is away. For messages: one that came during an outage would otherwise use up its few
 * deliveries within two seconds and be set aside, though nothing is wrong with it. What ends this process meanwhile leaves the message to others.
 *
 * @throws what `work` throws, unless it is `unavailable`; that too after ten minutes
 */
export async function outlastOutage<T>(work: () => Promise<T>, times: OutageTimes = REAL): Promise<T> {
  const end = times.now() + MOST_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      const away = error instanceof SluiceError && error.code === 'unavailable';
      if (!away || times.now() + pauseMs > end) throw error;
    }
    // With jitter, so that all that waited does not come back at one instant.
    await times.pause(pauseMs * (0.75 + Math.random() / 2));
  }
}
