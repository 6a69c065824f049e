/** Handlers at a time when `handle` or `subscribe` names no bound. */
export const DEFAULT_CONCURRENCY = 16;

/** The longest delay a timer takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Brings a wait into what a timer can hold. */
export function timerDelay(ms: number): number {
  return Math.min(Math.max(ms, 0), LONGEST_TIMER_MS);
}

export function checkedConcurrency(concurrency = DEFAULT_CONCURRENCY): number {
  if (Number.isInteger(concurrency) && concurrency > 0) return concurrency;
  throw new RangeError(`concurrency must be a positive whole number, not ${concurrency}.`);
}
