import { burstQuota, ClientRate, minuteQuota } from './client-rate.js';
import { LocalLimiter } from './local-limiter.js';
import { type Spent } from './rate-limiter.js';

const fixed = (name: string, spent: Spent) => ({
  quota: { name, limit: 600, windowSeconds: name === 'burst' ? 1 : 60 },
  asked: 0,
  spend() {
    this.asked += 1;
    return Promise.resolve(spent);
  },
});

describe('burstQuota', () => {
  it.each([
    [6_000, 600],
    [60_000, 6_000],
    [51, 50],
    [50, undefined],
    [1, undefined],
  ])('of %d a minute is %p a second', (perMinute, limit) => {
    expect(burstQuota(perMinute)?.limit).toBe(limit);
  });
});

describe('ClientRate', () => {
  it('tells both policies, and what is left of the minute', async () => {
    const rate = new ClientRate(new LocalLimiter(minuteQuota(100)), new LocalLimiter(burstQuota(100)!));
    const { headers, refusal } = await rate.spend('app');
    expect(refusal).toBeNull();
    expect(headers).toEqual({
      'ratelimit-policy': '"default";q=100;w=60, "burst";q=50;w=1',
      ratelimit: '"default";r=99;t=60',
    });
  });

  it('refuses by the minute, naming limit, value and the end of the window', async () => {
    const rate = new ClientRate(fixed('default', { allowed: false, remaining: 0, resetMs: 41_001 }), null);
    const { headers, refusal } = await rate.spend('app');
    expect(headers['ratelimit']).toBe('"default";r=0;t=42');
    expect(refusal?.toPayload()).toEqual({
      code: 'rate-limited',
      message: 'There were more than 600 requests of this client within 60 seconds.',
      details: { limit: { name: 'default', value: 600 }, retryAfter: 42 },
    });
  });

  it('refuses a burst without asking for the minute', async () => {
    const minute = fixed('default', { allowed: true, remaining: 1, resetMs: 1 });
    const rate = new ClientRate(minute, fixed('burst', { allowed: false, remaining: 0, resetMs: 0 }));
    const { headers, refusal } = await rate.spend('app');
    expect(refusal).toMatchObject({
      message: 'There were more than 600 requests of this client within one second.',
      details: { limit: { name: 'burst', value: 600 }, retryAfter: 1 },
    });
    expect(headers['ratelimit']).toBe('"burst";r=0;t=0');
    expect(minute.asked).toBe(0);
  });
});
