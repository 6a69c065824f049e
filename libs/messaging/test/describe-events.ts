import { setTimeout as delay } from 'node:timers/promises';
import { SluiceError } from '@sluice/contracts';
import { publishSafely } from '../src/index.js';
import { BusEnds, failure, newEvent, newRpc, until } from './bus-harness.js';

/** Each group receives at least once; closing. */
export function describeEvents(ends: BusEnds): void {
  describe('events', () => {
    it('reach every group once, and one member of each', async () => {
      const happened = newEvent<{ n: number }>();
      const seen: string[] = [];
      const note = (who: string) => async (message: { n: number }) => void seen.push(`${who}${message.n}`);
      await ends.server.subscribe(happened, `one-${happened.name}`, note('a'));
      await ends.server.subscribe(happened, `one-${happened.name}`, note('a'));
      await ends.asker.subscribe(happened, `two-${happened.name}`, note('b'));
      for (let n = 0; n < 5; n += 1) await ends.asker.publish(happened, { n });
      await until(() => seen.length >= 10);
      await delay(100);
      expect(seen.sort()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'b0', 'b1', 'b2', 'b3', 'b4']);
    });

    it('are refused when no queue takes them', async () => {
      expect((await failure(ends.asker.publish(newEvent<null>(), null))).code).toBe('unavailable');
      expect((await failure(publishSafely(ends.asker, newEvent<null>(), null))).code).toBe('unavailable');
    });

    it('come again when the handler fails', async () => {
      const happened = newEvent<{ n: number }>(4);
      let deliveries = 0;
      await ends.server.subscribe(happened, `g-${happened.name}`, async () => {
        deliveries += 1;
        if (deliveries < 3) throw new Error('not yet');
      });
      await publishSafely(ends.asker, happened, { n: 1 });
      await until(() => deliveries === 3);
      await delay(300);
      expect(deliveries).toBe(3);
      expect(ends.observations.letters).toEqual([]);
      expect(ends.observations.faults).toHaveLength(2);
    });

    it('are set aside after the last delivery, and do not hold up the next ones', async () => {
      const happened = newEvent<{ n: number }>(3);
      const group = `g-${happened.name}`;
      const seen: number[] = [];
      await ends.server.subscribe(
        happened,
        group,
        async ({ n }) => {
          seen.push(n);
          if (n === 1) throw new SluiceError('unavailable', 'never');
        },
        { concurrency: 1 },
      );
      await ends.asker.publish(happened, { n: 1 });
      await ends.asker.publish(happened, { n: 2 });
      await until(() => ends.observations.letters.length === 1 && seen.includes(2));
      expect(seen.filter((n) => n === 1)).toHaveLength(3);
      expect(ends.observations.letters[0]).toMatchObject({
        event: happened.name,
        group,
        deliveries: 3,
        message: { n: 1 },
      });
    });

    it('carry bytes', async () => {
      const happened = newEvent<{ bytes: Uint8Array }>();
      const seen: Uint8Array[] = [];
      await ends.server.subscribe(happened, `g-${happened.name}`, async ({ bytes }) => void seen.push(bytes));
      await ends.asker.publish(happened, { bytes: new Uint8Array([0, 255, 10]) });
      await until(() => seen.length === 1);
      expect([...seen[0]!]).toEqual([0, 255, 10]);
    });
  });
  describe('close', () => {
    it('waits for what is running', async () => {
      const happened = newEvent<null>();
      let state = 'idle';
      await ends.server.subscribe(happened, `g-${happened.name}`, async () => {
        state = 'running';
        await delay(200);
        state = 'done';
      });
      await ends.asker.publish(happened, null);
      await until(() => state === 'running');
      await ends.server.close(5_000);
      expect(state).toBe('done');
    });

    it('does not wait longer than its grace, and refuses afterwards', async () => {
      const stuck = newRpc<null, null>();
      let reached = false;
      await ends.server.handle(stuck, async (_, { signal }) => {
        reached = true;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return null;
      });
      const pending = failure(ends.asker.request(stuck, null, { timeoutMs: 60_000 }));
      await until(() => reached);
      const started = Date.now();
      await ends.server.close(100);
      await ends.asker.close(100);
      expect(Date.now() - started).toBeLessThan(30_000);
      expect(['unavailable', 'rpc-timeout']).toContain((await pending).code);
      expect((await failure(ends.asker.request(stuck, null))).code).toBe('unavailable');
      expect((await failure(ends.asker.publish(newEvent<null>(), null))).code).toBe('unavailable');
    });
  });
}
