import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until `ask` gives something else than undefined.
 *
 * @param what named in the error when `withinMs` pass first; a function is asked then
 */
export async function until<T>(
  what: string | (() => string),
  ask: () => Promise<T | undefined> | T | undefined,
  withinMs = 60_000,
  everyMs = 50,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > deadline) {
      throw new Error(`Not within ${withinMs} ms: ${typeof what === 'string' ? what : what()}`);
    }
    await sleep(everyMs);
  }
}
