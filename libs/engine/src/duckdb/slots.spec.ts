import { Slots } from './slots.js';

const never = new AbortController().signal;
const limits = { concurrency: 2, maxWaiting: 2, waitTimeoutMs: 1_000 };

afterEach(() => {
  jest.useRealTimers();
});

it('admits as many as there are slots, then one for each that leaves, in order', async () => {
  const slots = new Slots(limits);
  const [first, second] = [await slots.acquire(never), await slots.acquire(never)];
  const order: string[] = [];
  const third = slots.acquire(never).then((release) => (order.push('third'), release));
  const fourth = slots.acquire(never).then((release) => (order.push('fourth'), release));
  await expect(slots.acquire(never)).rejects.toMatchObject({
    code: 'overloaded',
    details: { retryAfter: 1 },
  });
  expect(order).toEqual([]);
  first();
  first();
  (await third)();
  await fourth;
  expect(order).toEqual(['third', 'fourth']);
  second();
});

it('lets nobody wait for ever', async () => {
  jest.useFakeTimers();
  const slots = new Slots({ ...limits, concurrency: 1 });
  await slots.acquire(never);
  const waiting = slots.acquire(never);
  jest.advanceTimersByTime(1_000);
  await expect(waiting).rejects.toMatchObject({ code: 'overloaded' });
});

it('lets one who gave up out of the line', async () => {
  const slots = new Slots({ ...limits, concurrency: 1, maxWaiting: 1 });
  const release = await slots.acquire(never);
  const abort = new AbortController();
  const waiting = slots.acquire(abort.signal);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'query-canceled' });
  const next = slots.acquire(never);
  release();
  (await next)();
});

it('closes: turns away, and waits for those inside', async () => {
  const slots = new Slots({ ...limits, concurrency: 1 });
  const release = await slots.acquire(never);
  const waiting = slots.acquire(never);
  const closed = slots.close(10_000);
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  await expect(slots.acquire(never)).rejects.toMatchObject({ code: 'unavailable' });
  release();
  await closed;
  await new Slots(limits).close(0);
});

it('does not wait longer than its grace when it closes', async () => {
  const slots = new Slots({ ...limits, concurrency: 1 });
  await slots.acquire(never);
  await slots.close(10);
});
