import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds; fails after 45 seconds. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 45_000; Date.now() < end; await sleep(10)) {
    if (await holds()) return;
  }
  throw new Error(`It never came to hold: ${holds.toString()}`);
}
