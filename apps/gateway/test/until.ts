import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition; a minute is far beyond what any machine needs. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(5)) if (await holds()) return;
  throw new Error(`It never came to hold: ${holds.toString()}`);
}
