/**
 * Pause before the given retry (from 1), in ms: the base doubled each time, and up to half of that on top, so that jobs
 * that failed together do not come back together.
 *
 * @param random a number from 0 (inclusive) to 1
 */
export function retryDelayMs(baseMs: number, retry: number, random: number): number {
  const pause = baseMs * 2 ** (retry - 1);
  return Math.round(pause + (pause / 2) * random);
}
