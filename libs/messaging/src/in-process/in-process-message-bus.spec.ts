import { setTimeout as delay } from 'node:timers/promises';
import { defineEvent, defineRpc } from '@sluice/contracts';
import { z } from 'zod';
import { DeadLetter } from '../faults.js';
import { publishSafely } from '../message-bus.js';
import { InProcessMessageBus } from './in-process-message-bus.js';

const service = 'test-service';
const ask = defineRpc<number, number>({
  name: 'test.ask',
  service,
  timeoutMs: 2_000,
  request: z.number(),
  response: z.number(),
});
const happened = defineEvent<{ readonly n: number }>({
  name: 'test.happened',
  service,
  maxDeliveries: 2,
  message: z.object({ n: z.number() }),
});

function gate(): { readonly open: () => void; readonly passed: Promise<void> } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
}

describe('InProcessMessageBus', () => {
  let bus: InProcessMessageBus;
  afterEach(() => bus.close(100));

  it('refuses requests past its line as overloaded, and serves those within', async () => {
    bus = new InProcessMessageBus({ maxWaitingRequests: 2 });
    const { open, passed } = gate();
    await bus.handle(ask, async (n) => passed.then(() => n), { concurrency: 1 });
    const accepted = [1, 2, 3].map((n) => bus.request(ask, n));
    await expect(bus.request(ask, 4)).rejects.toMatchObject({
      code: 'overloaded',
      details: { limit: { name: 'waitingRequests', value: 2 }, retryAfter: 1 },
    });
    open();
    await expect(Promise.all(accepted)).resolves.toEqual([1, 2, 3]);
  });

  it('forgets a request whose caller left while it waited', async () => {
    bus = new InProcessMessageBus();
    const { open, passed } = gate();
    const served: number[] = [];
    const serve = async (n: number): Promise<number> => {
      served.push(n);
      await passed;
      return n;
    };
    await bus.handle(ask, serve, { concurrency: 1 });
    const first = bus.request(ask, 1);
    await expect(bus.request(ask, 2, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'rpc-timeout' });
    open();
    await first;
    await bus.request(ask, 3);
    expect(served).toEqual([1, 3]);
  });

  it('shares requests between two handlers of one RPC', async () => {
    bus = new InProcessMessageBus();
    const { open, passed } = gate();
    await bus.handle(ask, async () => passed.then(() => 1), { concurrency: 1 });
    await bus.handle(ask, async () => passed.then(() => 2), { concurrency: 1 });
    const both = Promise.all([bus.request(ask, 0), bus.request(ask, 0)]);
    open();
    expect((await both).sort()).toEqual([1, 2]);
  });

  it('refuses to publish past a full queue, to all groups or none', async () => {
    bus = new InProcessMessageBus({ maxQueuedEvents: 2 });
    const { open, passed } = gate();
    const fast: number[] = [];
    await bus.subscribe(happened, 'slow', () => passed, { concurrency: 1 });
    await bus.subscribe(happened, 'fast', async ({ n }) => void fast.push(n));
    await bus.publish(happened, { n: 1 });
    await bus.publish(happened, { n: 2 });
    await expect(bus.publish(happened, { n: 3 })).rejects.toMatchObject({ code: 'unavailable' });
    open();
    await delay(10);
    expect(fast).toEqual([1, 2]);
    await expect(bus.publish(happened, { n: 4 })).resolves.toBeUndefined();
  });

  it('settles a safe publication only when all groups have handled it', async () => {
    bus = new InProcessMessageBus();
    const { open, passed } = gate();
    await bus.subscribe(happened, 'slow', () => passed);
    let settled = false;
    const publication = publishSafely(bus, happened, { n: 1 }).then(() => (settled = true));
    await delay(10);
    expect(settled).toBe(false);
    open();
    await publication;
    expect(settled).toBe(true);
  });

  it('rejects a safe publication that a group gave up, and counts it', async () => {
    bus = new InProcessMessageBus({ firstRedeliveryMs: 1 });
    await bus.subscribe(happened, 'broken', () => Promise.reject(new Error('no')));
    await expect(publishSafely(bus, happened, { n: 1 })).rejects.toMatchObject({ code: 'unavailable' });
    expect(bus.deadLetters).toBe(1);
  });

  it('delivers what is queued before it closes, and lets handlers use the bus meanwhile', async () => {
    bus = new InProcessMessageBus();
    const answers: number[] = [];
    await bus.handle(ask, async (n) => n * 2);
    await bus.subscribe(
      happened,
      'group',
      async ({ n }) => {
        await delay(5);
        answers.push(await bus.request(ask, n));
      },
      { concurrency: 1 },
    );
    for (let n = 0; n < 5; n += 1) await bus.publish(happened, { n });
    await bus.close(2_000);
    expect(answers).toEqual([0, 2, 4, 6, 8]);
  });

  it('sets aside on closing what it cannot deliver in time, without waiting for redeliveries', async () => {
    const letters: DeadLetter[] = [];
    bus = new InProcessMessageBus({
      firstRedeliveryMs: 60_000,
      onDeadLetter: (letter) => letters.push(letter),
    });
    const endless = defineEvent<null>({
      name: 'test.endless',
      service,
      maxDeliveries: 1_000,
      message: z.null(),
    });
    await bus.subscribe(endless, 'group', () => Promise.reject(new Error('no')));
    await bus.subscribe(happened, 'stuck', () => new Promise(() => undefined), { concurrency: 1 });
    await bus.publish(endless, null);
    await bus.publish(happened, { n: 1 });
    await bus.publish(happened, { n: 2 });
    const started = Date.now();
    await bus.close(100);
    expect(Date.now() - started).toBeLessThan(30_000);
    expect(letters).toMatchObject([
      { event: 'test.endless', deliveries: 2, error: { code: 'internal' } },
      { event: 'test.happened', deliveries: 0, message: { n: 2 }, error: { code: 'unavailable' } },
    ]);
  });

  it.each([0, 1.5, Number.NaN])('refuses a concurrency of %p', async (concurrency) => {
    bus = new InProcessMessageBus();
    await expect(bus.handle(ask, async (n) => n, { concurrency })).rejects.toThrow(RangeError);
  });
});
