import { LocalLimiter } from './local-limiter.js';

const quota = { name: 'default', limit: 2, windowSeconds: 60 };

describe('LocalLimiter', () => {
  it('counts each key down, and refuses what is past the quota', async () => {
    const limiter = new LocalLimiter(quota);
    const seen = [await limiter.spend('a'), await limiter.spend('a'), await limiter.spend('a')];
    expect(seen.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    expect(seen[2]?.resetMs).toBeGreaterThan(30_000);
    expect((await limiter.spend('b')).allowed).toBe(true);
  });

  it('tells when nothing is left, without taking any', async () => {
    const limiter = new LocalLimiter(quota);
    expect(await limiter.exhausted('a')).toBeNull();
    await limiter.spend('a');
    expect(await limiter.exhausted('a')).toBeNull();
    await limiter.spend('a');
    expect(await limiter.exhausted('a')).toMatchObject({ allowed: false, remaining: 0 });
  });

  it('forgets the key that was not used for longest, and no other', async () => {
    const limiter = new LocalLimiter(quota, 2);
    for (const key of ['a', 'b', 'a', 'c']) await limiter.spend(key);
    expect(await limiter.exhausted('a')).not.toBeNull();
    expect((await limiter.spend('a')).allowed).toBe(false);
    expect((await limiter.spend('b')).remaining).toBe(1);
  });
});
