import { setTimeout as sleep } from 'node:timers/promises';
import { Loop } from './loop.js';

describe('Loop', () => {
  let loop: Loop;
  const errors: unknown[] = [];

  beforeEach(() => errors.splice(0));
  afterEach(() => loop.close());

  const start = (step: () => Promise<void>, everyMs: number): void => {
    loop = new Loop(step, everyMs, (error) => errors.push(error));
    loop.start();
    loop.start();
  };

  const until = async (holds: () => boolean): Promise<void> => {
    for (const end = Date.now() + 30_000; !holds();) {
      if (Date.now() > end) throw new Error('It did not come about within 30 s.');
      await sleep(1);
    }
  };

  it('runs again and again, and tells what went wrong', async () => {
    let rounds = 0;
    start(() => Promise.reject(new Error(String(++rounds))), 5);
    await until(() => rounds > 2);
    await loop.close();
    expect(errors).toHaveLength(rounds);
  });

  it('runs at once when woken', async () => {
    let rounds = 0;
    start(async () => void (rounds += 1), 60_000);
    await until(() => rounds === 1);
    await sleep(5);
    expect(rounds).toBe(1);
    loop.wake();
    await until(() => rounds === 2);
  });

  it('runs never twice at a time, and once more for wakes while it ran', async () => {
    let [running, most, rounds] = [0, 0, 0];
    start(async () => {
      most = Math.max(most, ++running);
      rounds += 1;
      await sleep(20);
      running -= 1;
    }, 60_000);
    for (let i = 0; i < 10; i++) loop.wake();
    await until(() => rounds === 2 && running === 0);
    await sleep(20);
    expect([most, rounds]).toEqual([1, 2]);
  });

  it('waits for the running round when it is closed, and begins no other', async () => {
    let [begun, done] = [0, 0];
    start(async () => {
      begun += 1;
      await sleep(20);
      done += 1;
    }, 1);
    await loop.close();
    expect([begun, done]).toEqual([1, 1]);
    await sleep(20);
    expect(begun).toBe(1);
  });

  it('closes at once while it pauses', async () => {
    start(() => Promise.resolve(), 60_000);
    await sleep(5);
    await loop.close();
  });
});
