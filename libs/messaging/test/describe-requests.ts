import { setTimeout as delay } from 'node:timers/promises';
import { SluiceError } from '@sluice/contracts';
import { BusEnds, failure, newRpc, until } from './bus-harness.js';

/** One asks, one answers. */
export function describeRequests(ends: BusEnds): void {
  describe('request', () => {
    it('brings the message to the handler and its answer back', async () => {
      const greet = newRpc<{ name: string }, { text: string }>();
      await ends.server.handle(greet, async ({ name }) => ({ text: `Hello ${name} \u{1F30A}` }));
      await expect(ends.asker.request(greet, { name: 'Ada' })).resolves.toEqual({
        text: 'Hello Ada \u{1F30A}',
      });
    });

    it('carries null answers, nested data and keys that objects treat specially', async () => {
      const echo = newRpc<unknown, unknown>();
      await ends.server.handle(echo, async (message) => message);
      const odd: unknown = JSON.parse(
        '{"__proto__": {"a": 1}, "constructor": 2, "list": [null, [], {"x": ""}]}',
      );
      expect(JSON.stringify(await ends.asker.request(echo, odd))).toBe(JSON.stringify(odd));
      await expect(ends.asker.request(echo, null)).resolves.toBeNull();
      await expect(ends.asker.request(echo, { gone: undefined, kept: 1 })).resolves.toEqual({ kept: 1 });
    });

    it('carries bytes untouched, several and empty ones, both ways', async () => {
      const swap = newRpc<
        { first: Uint8Array; rest: Uint8Array[] },
        { body: Uint8Array; empty: Uint8Array }
      >();
      const bytes = new Uint8Array(300_000).map((_, index) => index * 7);
      let received: Uint8Array[] = [];
      await ends.server.handle(swap, async ({ first, rest }) => {
        received = [first, ...rest];
        return { body: first, empty: new Uint8Array() };
      });
      const answer = await ends.asker.request(swap, {
        first: bytes,
        rest: [new Uint8Array([1, 2]), new Uint8Array()],
      });
      expect(received.map((part) => part instanceof Uint8Array)).toEqual([true, true, true]);
      expect(received.map(({ length }) => length)).toEqual([300_000, 2, 0]);
      expect(Buffer.compare(answer.body, bytes)).toBe(0);
      expect(answer.empty).toHaveLength(0);
    });

    it('brings a page of 20 MiB back as bytes, in the pieces that it was made in', async () => {
      const page = newRpc<null, { body: readonly Uint8Array[] }>(60_000);
      const piece = new Uint8Array(4 * 1024 * 1024).map((_, index) => index * 31);
      await ends.server.handle(page, async () => ({ body: Array.from({ length: 5 }, () => piece) }));
      const { body } = await ends.asker.request(page, null);
      expect(body.map(({ length }) => length)).toEqual(Array(5).fill(piece.length));
      expect(body.every((part) => Buffer.compare(part, piece) === 0)).toBe(true);
    }, 60_000);

    it('does not let sender and handler share what can change', async () => {
      const keep = newRpc<{ tags: string[] }, null>();
      let seen: { tags: string[] } | undefined;
      await ends.server.handle(keep, async (message) => {
        seen = message;
        return null;
      });
      const message = { tags: ['a'] };
      await ends.asker.request(keep, message);
      message.tags.push('b');
      expect(seen).toEqual({ tags: ['a'] });
    });

    it('brings back the code, message and details of a SluiceError', async () => {
      const refuse = newRpc<null, null>();
      await ends.server.handle(refuse, async () => {
        throw new SluiceError('unknown-column', 'There is no column "x".', {
          pointer: '/select/0',
          suggestion: 'y',
        });
      });
      const error = await failure(ends.asker.request(refuse, null));
      expect(error.toPayload()).toEqual({
        code: 'unknown-column',
        message: 'There is no column "x".',
        details: { pointer: '/select/0', suggestion: 'y' },
      });
      expect(ends.observations.faults).toEqual([]);
    });

    it('says nothing of any other fault to the caller, and all of it to the observer', async () => {
      const burst = newRpc<null, null>();
      await ends.server.handle(burst, async () => {
        throw new TypeError('secret: 4111');
      });
      const error = await failure(ends.asker.request(burst, null));
      expect(error.code).toBe('internal');
      expect(JSON.stringify(error.toPayload())).not.toContain('4111');
      expect(ends.observations.faults.map(({ error: fault }) => String(fault))).toEqual([
        'TypeError: secret: 4111',
      ]);
    });

    it('is refused at once when nobody serves it', async () => {
      // After its time it would be `rpc-timeout`.
      expect((await failure(ends.asker.request(newRpc<null, null>(), null))).code).toBe('unavailable');
    });

    it('ends at its deadline and tells the handler to stop', async () => {
      const slow = newRpc<null, null>(300);
      let stopped = false;
      await ends.server.handle(slow, (_, { signal }) => {
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            stopped = true;
            reject(signal.reason as Error);
          });
        });
      });
      expect((await failure(ends.asker.request(slow, null))).code).toBe('rpc-timeout');
      await until(() => stopped);
      expect((await failure(ends.asker.request(slow, null, { timeoutMs: 50 }))).code).toBe('rpc-timeout');
    });

    it('tells the handler when the caller goes away', async () => {
      const slow = newRpc<null, null>();
      let running: AbortSignal | undefined;
      await ends.server.handle(slow, async (_, { signal }) => {
        running = signal;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return null;
      });
      const caller = new AbortController();
      const pending = failure(ends.asker.request(slow, null, { signal: caller.signal }));
      await until(() => running !== undefined);
      expect(running?.aborted).toBe(false);
      caller.abort();
      expect((await pending).code).toBe('query-canceled');
      await until(() => running?.aborted === true, 1_000);
      const gone = failure(ends.asker.request(slow, null, { signal: caller.signal }));
      expect((await gone).code).toBe('query-canceled');
    });

    it('runs no more than the asked number at a time, and all of them in the end', async () => {
      const busy = newRpc<number, number>();
      let running = 0;
      let most = 0;
      const work = async (value: number): Promise<number> => {
        running += 1;
        most = Math.max(most, running);
        await delay(10);
        running -= 1;
        return value;
      };
      await ends.server.handle(busy, work, { concurrency: 3 });
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => ends.asker.request(busy, index)),
      );
      expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => index));
      expect(most).toBe(3);
    });
  });
}
