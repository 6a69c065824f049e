import { SluiceError } from '@sluice/contracts';

/**
 * Runs something for a caller that waits no longer than it said (SPEC Q11). The work itself keeps the service's own limit: others may wait
 * for the same.
 *
 * @param timeoutMs undefined: as long as the service allows
 */
export async function withinDeadline<T>(
  signal: AbortSignal,
  timeoutMs: number | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (timeoutMs === undefined) return work(signal);
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(tooLate(timeoutMs));
  }, timeoutMs);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    // A run that nobody shares is stopped by the engine, which knows only that it was.
    throw late.signal.aborted && !signal.aborted ? late.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(ms: number): SluiceError {
  const message = `The query ran longer than the ${String(ms)} ms that were asked for.`;
  // Unlike the service's own limit, this one may be met only because the service is slow at the moment.
  return new SluiceError('query-timeout', message, { limit: { name: 'waitMs', value: ms }, retryAfter: 2 });
}
