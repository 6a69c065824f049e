import { queryRun } from '@sluice/contracts';

/** Longest that a query waits in the engine's line before it is refused there, in ms. */
const LINE_MS = 30_000;
/** From the end of a query's time to the answer that says so, in ms. */
const MARGIN_MS = 5_000;

/**
 * How long query-service is waited for, in ms. It keeps to the query's time by itself; only one that is stopped, cut off or dead says
 * nothing in that time, and then the caller is told so (504) instead of being left waiting for what nobody may ever answer.
 *
 * @param waitSeconds what the caller is ready to wait, which is counted from the start; null when it did not say
 * @param timeoutMs longest that a query may run, once it has left the line
 */
export function answerDeadline(waitSeconds: number | null, timeoutMs: number): number {
  const needed = waitSeconds === null ? LINE_MS + timeoutMs : waitSeconds * 1_000;
  return Math.min(needed + MARGIN_MS, queryRun.timeoutMs);
}
