import { setTimeout as sleep } from 'node:timers/promises';

export interface KeepTryingOptions {
  /** Ends the trying at once; its reason is thrown. */
  readonly signal: AbortSignal;
  /** Told of each failure. */
  readonly onFailure: (error: unknown) => void;
  /** An error that no later attempt mends; it is thrown. None by default. */
  readonly isFinal?: (error: unknown) => boolean;
  /** First and longest pause between two attempts, in ms. */
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
  /** Between 0 and 1; replaced in tests. */
  readonly random?: () => number;
}

/**
 * Tries until it succeeds, with pauses that double and vary by half, so that the services of a whole cluster do not come back at one instant.
 * An attempt that is under way when the signal fires is left alone: it has to tidy up behind itself.
 */
export async function keepTrying<T>(attempt: () => Promise<T>, options: KeepTryingOptions): Promise<T> {
  const { signal, onFailure, isFinal = () => false, random = Math.random } = options;
  const { firstPauseMs = 100, longestPauseMs = 3_000 } = options;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await unlessAborted(attempt, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (isFinal(error)) throw error;
      onFailure(error);
    }
    await unlessAborted(() => sleep(pauseMs * (0.5 + random()), undefined, { signal }), signal);
  }
}

/** What `work` gives, or the signal's reason as soon as it fires. */
export function unlessAborted<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', leave, { once: true });
    void work()
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener('abort', leave);
      });
  });
}
