import { canceledFault, timeLimitFault } from './engine-fault.js';
import { runInterruptibly } from './run-interruptibly.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const idle = { interrupt: () => undefined };

it('gives back the result', async () => {
  const run = runInterruptibly(idle, () => Promise.resolve(7), new AbortController().signal);
  await expect(run.result).resolves.toBe(7);
  await run.settled;
});

it('does not start after a stop', async () => {
  const work = jest.fn();
  const run = runInterruptibly(idle, work, AbortSignal.abort(timeLimitFault(1_000)));
  await expect(run.result).rejects.toMatchObject({ code: 'query-timeout' });
  expect(work).not.toHaveBeenCalled();
});

it('interrupts again until the engine gives in', async () => {
  const abort = new AbortController();
  let fail: (error: Error) => void = () => undefined;
  const interrupt = jest.fn();
  const work = () => new Promise<never>((_, reject) => (fail = reject));
  const run = runInterruptibly({ interrupt }, work, abort.signal);
  abort.abort(timeLimitFault(1_000));
  jest.advanceTimersByTime(100);
  expect(interrupt.mock.calls.length).toBeGreaterThanOrEqual(4);
  fail(new Error('INTERRUPT Error: Interrupted!'));
  await expect(run.result).rejects.toMatchObject({ code: 'query-timeout' });
  const calls = interrupt.mock.calls.length;
  jest.advanceTimersByTime(1_000);
  expect(interrupt).toHaveBeenCalledTimes(calls);
});

it('answers in time although the engine does not give in, and tells when it has', async () => {
  const abort = new AbortController();
  let finish: (value: number) => void = () => undefined;
  const run = runInterruptibly(
    idle,
    () => new Promise<number>((resolve) => (finish = resolve)),
    abort.signal,
  );
  const settled = jest.fn();
  void run.settled.then(settled);
  abort.abort(canceledFault());
  jest.advanceTimersByTime(999);
  await expect(run.result).rejects.toMatchObject({ code: 'query-canceled' });
  expect(settled).not.toHaveBeenCalled();
  finish(1);
  await run.settled;
});

it('tells once of work that ignores its stop, and never of work that ends', async () => {
  const onStuck = jest.fn();
  const hooks = { watch: { afterMs: 5_000, onStuck } };
  const abort = new AbortController();
  let finish: (value: number) => void = () => undefined;
  const work = () => new Promise<number>((resolve) => (finish = resolve));
  const deaf = runInterruptibly(idle, work, abort.signal, hooks);
  jest.advanceTimersByTime(60_000);
  expect(onStuck).not.toHaveBeenCalled();
  abort.abort(timeLimitFault(1_000));
  jest.advanceTimersByTime(4_999);
  expect(onStuck).not.toHaveBeenCalled();
  jest.advanceTimersByTime(60_000);
  expect(onStuck).toHaveBeenCalledTimes(1);
  await expect(deaf.result).rejects.toMatchObject({ code: 'query-timeout' });
  finish(1);
  await deaf.settled;

  const second = new AbortController();
  const obeying = runInterruptibly(idle, () => Promise.resolve(1), second.signal, hooks);
  await obeying.settled;
  second.abort(timeLimitFault(1_000));
  jest.advanceTimersByTime(60_000);
  expect(onStuck).toHaveBeenCalledTimes(1);
});
