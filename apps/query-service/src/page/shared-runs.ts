import { SluiceError } from '@sluice/contracts';

interface SharedRun {
  readonly outcome: Promise<unknown>;
  readonly stop: AbortController;
  waiting: number;
}

/**
 * Lets callers that want the same at the same time share one run. Each keeps its own signal: one that leaves does not disturb the others,
 * and the last one that leaves stops the run. What came of a run is for those who waited, not for later callers.
 */
export class SharedRuns {
  readonly #running = new Map<string, SharedRun>();

  /**
   * @param key of all that the outcome depends on, its type included
   * @param start begins the run; its signal aborts when nobody waits any more
   * @throws what the run throws; the signal's reason when it is a `SluiceError`, else `query-canceled`
   */
  async run<T>(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (signal.aborted) throw reasonOf(signal);
    const shared = this.#running.get(key) ?? this.#begin(key, start);
    shared.waiting += 1;
    try {
      return (await unlessAborted(shared.outcome, signal)) as T;
    } finally {
      shared.waiting -= 1;
      if (shared.waiting === 0) this.#abandon(key, shared);
    }
  }

  #begin(key: string, start: (signal: AbortSignal) => Promise<unknown>): SharedRun {
    const stop = new AbortController();
    const outcome = start(stop.signal);
    const shared = { outcome, stop, waiting: 0 };
    this.#running.set(key, shared);
    const ended = (): void => this.#forget(key, shared);
    outcome.then(ended, ended);
    return shared;
  }

  /** Whoever comes now begins anew. After the end of the run this does nothing. */
  #abandon(key: string, shared: SharedRun): void {
    this.#forget(key, shared);
    shared.stop.abort();
  }

  #forget(key: string, shared: SharedRun): void {
    if (this.#running.get(key) === shared) this.#running.delete(key);
  }
}

function unlessAborted<T>(outcome: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(reasonOf(signal));
    signal.addEventListener('abort', leave, { once: true });
    void outcome.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

function reasonOf({ reason }: AbortSignal): SluiceError {
  if (reason instanceof SluiceError) return reason;
  return new SluiceError('query-canceled', 'The caller went away.', {}, { cause: reason });
}
