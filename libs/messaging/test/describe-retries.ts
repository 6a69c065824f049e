import { setTimeout as delay } from 'node:timers/promises';
import { SluiceError } from '@sluice/contracts';
import { BusEnds, newEvent, until } from './bus-harness.js';

/** Waits of the harnesses: 10 ms, doubled, 50 ms at most. */
const DELAYS = [10, 20, 40, 50, 50];
/** What two clocks may see differently of one wait, in ms. */
const CLOCKS = 2;

/** A failed message waits outside of its handler. */
export function describeRetries(ends: BusEnds): void {
  describe('a message whose handler fails', () => {
    it('does not hold up the ones behind it, though one is handled at a time', async () => {
      const happened = newEvent<number>(1_000);
      const seen: number[] = [];
      const first = async (n: number): Promise<void> => {
        seen.push(n);
        if (n === 0) throw new SluiceError('unavailable', 'not now');
      };
      await ends.server.subscribe(happened, `g-${happened.name}`, first, { concurrency: 1 });
      for (let n = 0; n <= 10; n += 1) await ends.asker.publish(happened, n);
      await until(() => new Set(seen).size === 11, 30_000);
      expect(ends.observations.letters).toEqual([]);
      const tries = seen.filter((n) => n === 0).length;
      await until(() => seen.filter((n) => n === 0).length > tries, 30_000);
    }, 60_000);

    it('waits longer each time up to the longest wait, and is then set aside', async () => {
      const happened = newEvent<null>(DELAYS.length + 1);
      const times: number[] = [];
      await ends.server.subscribe(happened, `g-${happened.name}`, async () => {
        times.push(performance.now());
        throw new SluiceError('unavailable', 'never');
      });
      await ends.asker.publish(happened, null);
      await until(() => ends.observations.letters.length === 1, 30_000);
      const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect(waits.map((wait, index) => wait >= (DELAYS[index] ?? 0) - CLOCKS)).toEqual(
        DELAYS.map(() => true),
      );
      expect(ends.observations.letters[0]).toMatchObject({ deliveries: DELAYS.length + 1 });
    }, 60_000);
  });

  it('runs no more handlers of an event at a time than asked, and all of them in the end', async () => {
    const happened = newEvent<number>();
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    const work = async (n: number): Promise<void> => {
      most = Math.max(most, (running += 1));
      await delay(10);
      running -= 1;
      seen.push(n);
    };
    await ends.server.subscribe(happened, `g-${happened.name}`, work, { concurrency: 3 });
    await Promise.all(Array.from({ length: 20 }, (_, n) => ends.asker.publish(happened, n)));
    await until(() => seen.length === 20, 30_000);
    expect(most).toBe(3);
  }, 60_000);
}
