/** Waits for one call to a store. */
export interface CallOptions {
  readonly deadlineMs: number;
  /** Ends the call early; the call then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Makes a fault of ours of what the client throws. */
  readonly toFault: (error: unknown) => Error;
}

/**
 * Runs a call with a deadline. It rejects when the deadline is over, or the signal fires, even if the client never notices:
 * not all of them end for their signal alone.
 */
export async function withDeadline<T>(
  { deadlineMs, signal, toFault }: CallOptions,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const abort = new AbortController();
  const end = (): void => {
    abort.abort(signal?.aborted ? signal.reason : timeout());
  };
  const timer = setTimeout(end, deadlineMs);
  signal?.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([call(abort.signal), fired(abort.signal)]);
  } catch (error) {
    signal?.throwIfAborted();
    throw toFault(error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

function fired(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

function timeout(): Error {
  return new DOMException('The call took too long.', 'TimeoutError');
}
