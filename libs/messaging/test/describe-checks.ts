import { defineRpc, SluiceError } from '@sluice/contracts';
import { z } from 'zod';
import { BusEnds, failure, newEvent, newRpc, SERVICE, until } from './bus-harness.js';

const question = z.object({ n: z.int(), body: z.unknown(), note: z.string().optional() });
type Question = z.infer<typeof question>;

/** What does not have its definition's form gets to nobody; what has more than that is passed on as it is. */
export function describeChecks(ends: BusEnds): void {
  describe('the form of a message', () => {
    it.each([
      ['a missing field', { body: null }],
      ['a wrong type', { n: 'a secret: 4111', body: null }],
      ['no object', 'a secret: 4111'],
      ['nothing', null],
    ])('is checked before a handler sees a request: %s', async (_, message) => {
      const ask = newRpc<Question, number>(30_000, { request: question, response: z.number() });
      let handled = 0;
      await ends.server.handle(ask, async () => (handled += 1));
      const error = await failure(ends.asker.request(ask, message as Question));
      expect(error.code).toBe('message-refused');
      expect(JSON.stringify(error.toPayload())).not.toContain('4111');
      expect(handled).toBe(0);
      await expect(ends.asker.request(ask, { n: 1, body: 1 })).resolves.toBe(1);
      const log = ends.observations.faults.map(({ error: fault }) => (fault as SluiceError).cause);
      expect(log).toHaveLength(1);
      expect(String(log[0])).not.toContain('4111');
    });

    it('is checked where an answer arrives', async () => {
      const ask = newRpc<null, { text: string }>(30_000, { response: z.object({ text: z.string() }) });
      await ends.server.handle(ask, async () => ({ text: 4111 as unknown as string }));
      const error = await failure(ends.asker.request(ask, null));
      expect(error.code).toBe('message-refused');
      expect(JSON.stringify(error.toPayload())).not.toContain('4111');
      expect(ends.observations.faults).toHaveLength(1);
    });

    it('may have fields that nobody knows yet: they and what a field holds are passed on untouched', async () => {
      const ask = newRpc<Question, unknown>(30_000, { request: question });
      await ends.server.handle(ask, async (message) => message);
      const message = JSON.parse(
        '{"n": 1, "body": {"__proto__": {"a": 1}, "constructor": [null]}, "added": {"__proto__": 2}, "__proto__": 3}',
      ) as Question;
      expect(JSON.stringify(await ends.asker.request(ask, message))).toBe(JSON.stringify(message));
    });

    it('of an event that is none sets it aside at once, and the next one is handled', async () => {
      const happened = newEvent(5, z.object({ n: z.int() }));
      const seen: number[] = [];
      const group = `g-${happened.name}`;
      await ends.server.subscribe(happened, group, async ({ n }) => void seen.push(n), { concurrency: 1 });
      await ends.asker.publish(happened, { n: 'one' as unknown as number });
      await ends.asker.publish(happened, { n: 2 });
      await until(() => ends.observations.letters.length === 1 && seen.length === 1);
      expect(seen).toEqual([2]);
      expect(ends.observations.letters[0]).toMatchObject({
        event: happened.name,
        group,
        deliveries: 1,
        error: { code: 'message-refused' },
      });
    });
  });

  describe('versions', () => {
    it('are served beside each other, and one that nobody serves is refused', async () => {
      const first = newRpc<number, string>();
      const [second, third] = [2, 3].map((version) =>
        defineRpc<number, string>({
          ...first,
          version,
          service: SERVICE,
          request: z.number(),
          response: z.string(),
        }),
      ) as [typeof first, typeof first];
      await ends.server.handle(first, async (n) => `first ${n}`);
      await ends.server.handle(second, async (n) => `second ${n}`);
      await expect(ends.asker.request(first, 1)).resolves.toBe('first 1');
      await expect(ends.asker.request(second, 1)).resolves.toBe('second 1');
      expect((await failure(ends.asker.request(third, 1))).code).toBe('unavailable');
    });

    it('of an event reach those who take them only', async () => {
      const first = newEvent<number>();
      const second = { ...first, version: 2 };
      const seen: string[] = [];
      await ends.server.subscribe(first, `g-${first.name}`, async (n) => void seen.push(`first ${n}`));
      await ends.server.subscribe(second, `g-${first.name}`, async (n) => void seen.push(`second ${n}`));
      await ends.asker.publish(first, 1);
      await ends.asker.publish(second, 2);
      await until(() => seen.length === 2);
      expect(seen.sort()).toEqual(['first 1', 'second 2']);
    });
  });
}
