import { randomUUID } from 'node:crypto';
import { datasetsList } from '@sluice/contracts';
import { FrailRedis } from './frail-redis.js';
import { startHarness, type Harness } from './gateway-harness.js';

const PER_MINUTE = 40;

/** The real Redis of `node tools/services/services.mjs run --only redis -- …`. */
function redisUrl(): string {
  const url = process.env['SLUICE_TEST_REDIS_URL'];
  if (url === undefined) throw new Error('SLUICE_TEST_REDIS_URL is not set; run it through tools/services.');
  return url;
}

describe('two gateways and one Redis', () => {
  let redis: FrailRedis;
  let gateways: Harness[];
  beforeAll(async () => {
    redis = await FrailRedis.before(redisUrl());
    const rateLimits = { perMinute: PER_MINUTE, failuresPerMinute: 0, redisUrl: redis.url };
    gateways = await Promise.all([1, 2].map(() => startHarness({ config: { rateLimits } })));
    for (const { bus } of gateways) bus.on(datasetsList, () => []);
  });
  afterAll(async () => {
    redis.thaw();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await redis.kill();
  });

  async function ask(at: number, client: string): Promise<{ status: number; left: number; ms: number }> {
    const harness = gateways[at % 2]!;
    const token = await harness.issuer.token({ client_id: client });
    const started = performance.now();
    const answer = await harness.ask('/api/v1/datasets', { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    const left = Number(/;r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1]);
    return { status: answer.status, left, ms: performance.now() - started };
  }

  /** Until both gateways count together again: then the second sees what the first has spent. */
  async function shared(): Promise<void> {
    for (const end = Date.now() + 30_000; Date.now() < end;) {
      const client = randomUUID();
      const [one, other] = [await ask(0, client), await ask(1, client)];
      if (one.left === PER_MINUTE - 1 && other.left === PER_MINUTE - 2) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('The gateways do not count together.');
  }

  it('share one budget, also when everything comes at once', async () => {
    await shared();
    const client = randomUUID();
    const answers = await Promise.all(Array.from({ length: PER_MINUTE + 10 }, (_, at) => ask(at, client)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(PER_MINUTE).fill(200), ...Array<number>(10).fill(429)]);
  });

  it.each([
    ['frozen', () => Promise.resolve(redis.freeze()), () => Promise.resolve(redis.thaw())],
    ['killed', () => redis.kill(), () => redis.listen()],
  ])(
    'go on with limits of their own while Redis is %s, and share again after it',
    async (_name, fail, mend) => {
      await shared();
      const client = randomUUID();
      await fail();
      const lost = performance.now();
      try {
        const first = await ask(0, client);
        expect(first).toMatchObject({ status: 200, left: PER_MINUTE - 1 });
        // The connection itself is given up after five seconds. That it is 150 ms, shared-limiter.spec.ts shows.
        expect(first.ms).toBeLessThan(4_500);
        const next = [];
        for (let at = 0; at < PER_MINUTE; at += 1) next.push(await ask(0, client));
        // One of them tries Redis each second, and waits for it; the others do not even ask.
        expect(redis.askedInVain).toBeLessThanOrEqual(2 + (performance.now() - lost) / 1_000);
        expect(next.at(-2)).toMatchObject({ status: 200, left: 0 });
        expect(next.at(-1)?.status).toBe(429);
      } finally {
        await mend();
      }
      await shared();
    },
  );

  it('start without Redis', async () => {
    const rateLimits = { perMinute: 5, failuresPerMinute: 0, redisUrl: 'redis://127.0.0.1:1' };
    // Waiting for its connection it would try for ever.
    const alone = await startHarness({ config: { rateLimits } });
    try {
      alone.bus.on(datasetsList, () => []);
      expect((await alone.ask('/api/v1/datasets')).status).toBe(200);
    } finally {
      await alone.stop();
    }
  });
});
