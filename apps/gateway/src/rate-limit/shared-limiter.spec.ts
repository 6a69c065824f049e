import { SharedLimiter } from './shared-limiter.js';

const quota = { name: 'default', limit: 3, windowSeconds: 60 };

/** As much of a Redis client as the limiter uses. */
class FakeRedis {
  asked = 0;
  counted = 0;
  answer: () => Promise<unknown> = () => Promise.resolve([this.counted, 60_000]);
  eval(_script: string, { arguments: [points] }: { arguments: [string, string] }): Promise<unknown> {
    this.asked += 1;
    this.counted += Number(points);
    return this.answer();
  }
}

function start() {
  const redis = new FakeRedis();
  const changes: unknown[] = [];
  const clock = { now: 0 };
  const limiter = new SharedLimiter({
    redis,
    quota,
    onChange: (fault) => changes.push(fault),
    now: () => clock.now,
  });
  return { redis, changes, clock, limiter };
}

describe('SharedLimiter', () => {
  it('asks once for a request, and no more for a client that is past its quota', async () => {
    const { redis, limiter } = start();
    const seen = [];
    for (let at = 0; at < 6; at += 1) seen.push((await limiter.spend('a')).allowed);
    expect(seen).toEqual([true, true, true, false, false, false]);
    expect(redis.asked).toBe(4);
  });

  it('counts by itself when Redis fails, with one request a second to see whether it is back', async () => {
    const { redis, changes, clock, limiter } = start();
    const fault = new Error('gone');
    redis.answer = () => Promise.reject(fault);
    const seen = [];
    for (let at = 0; at < 5; at += 1) seen.push((await limiter.spend('a')).allowed);
    expect(seen).toEqual([true, true, true, false, false]);
    expect({ asked: redis.asked, changes }).toEqual({ asked: 1, changes: [fault] });

    clock.now = 1_000;
    await Promise.all([limiter.spend('a'), limiter.spend('a'), limiter.spend('a')]);
    expect({ asked: redis.asked, changes }).toEqual({ asked: 2, changes: [fault] });

    clock.now = 2_000;
    redis.answer = () => Promise.resolve([1, 60_000]);
    expect(await limiter.spend('a')).toEqual({ allowed: true, remaining: 2, resetMs: 60_000 });
    expect(changes).toEqual([fault, null]);
  });

  it('does not wait for a Redis that is silent', async () => {
    const { redis, changes, limiter } = start();
    redis.answer = () => new Promise(() => undefined);
    jest.useFakeTimers();
    try {
      const spent = limiter.spend('a');
      await jest.advanceTimersByTimeAsync(150);
      expect((await spent).allowed).toBe(true);
    } finally {
      jest.useRealTimers();
    }
    expect(changes).toMatchObject([{ message: 'Redis did not answer within 150 ms.' }]);
    await limiter.spend('a');
    expect(redis.asked).toBe(1);
  });

  it('goes on from the shared count while Redis is away, and tells it of that afterwards', async () => {
    const { redis, clock, limiter } = start();
    const { answer } = redis;
    redis.counted = 1; // another gateway has let one through
    await limiter.spend('a');
    redis.answer = () => Promise.reject(new Error('gone'));
    redis.counted = 1; // what fails is not counted
    expect(await limiter.spend('a')).toMatchObject({ allowed: true, remaining: 0 });
    expect(await limiter.spend('a')).toMatchObject({ allowed: false });

    clock.now = 1_000;
    redis.answer = answer;
    redis.counted = 1;
    expect((await limiter.spend('a')).allowed).toBe(true);
    expect(redis.counted).toBe(3);
  });

  it('does not tell Redis again of what its late answer shows that it knows', async () => {
    const { redis, clock, limiter } = start();
    const { answer } = redis;
    let answerLate: (counted: unknown) => void = () => undefined;
    redis.answer = () => new Promise((resolve) => (answerLate = resolve));
    expect(await limiter.spend('a')).toMatchObject({ allowed: true, remaining: 2 });
    answerLate([2, 60_000]);
    await new Promise(setImmediate);
    expect(await limiter.spend('a')).toMatchObject({ allowed: true, remaining: 0 });

    clock.now = 2_000;
    redis.answer = answer;
    await limiter.spend('a');
    expect(redis.counted).toBe(3);
  });
});
