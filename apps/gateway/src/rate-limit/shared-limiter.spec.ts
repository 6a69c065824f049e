import { LocalLimiter } from './local-limiter.js';
import { SharedLimiter } from './shared-limiter.js';

const quota = { name: 'default', limit: 3, windowSeconds: 60 };

/** As much of a Redis client as the limiter uses. */
class FakeRedis {
  asked = 0;
  answer: () => Promise<unknown> = () => Promise.resolve([this.asked, 60_000]);
  eval(): Promise<unknown> {
    this.asked += 1;
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
    local: new LocalLimiter(quota),
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
    const started = performance.now();
    expect((await limiter.spend('a')).allowed).toBe(true);
    expect(performance.now() - started).toBeLessThan(250);
    expect(changes).toMatchObject([{ message: 'Redis did not answer within 150 ms.' }]);
    await limiter.spend('a');
    expect(redis.asked).toBe(1);
  });
});
