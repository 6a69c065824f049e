import { createClient } from '@redis/client';
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { RedisCache } from '../src/cache/redis-cache.js';
import { CachedPage, MAX_ENTRY_BYTES } from '../src/ports.js';
import { startOrdersService } from './orders-service.js';
import { redisUrl, RedisWire } from './redis-wire.js';
import { RunningService } from './running-service.js';

const secret = randomBytes(32);
const page = (text: string): CachedPage => ({
  kind: 'page',
  body: [Buffer.from(text)],
  returned: 1,
  hasMore: false,
  next: null,
});

/** Waits for a condition, half a minute at most. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It did not come to be within 30 s.');
    await setTimeout(20);
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const started = performance.now();
  const value = await work();
  return { ms: performance.now() - started, value };
}

describe('the shared cache', () => {
  let wire: RedisWire;
  let cache: RedisCache;
  let faults: unknown[];
  let opened: RedisCache[] = [];
  const open = (url: string, ttlMs = 60_000): RedisCache => {
    const fresh = RedisCache.open({ url, ttlMs, secret, onFault: (error) => faults.push(error) });
    opened.push(fresh);
    return fresh;
  };

  beforeEach(async () => {
    faults = [];
    wire = await RedisWire.open();
    cache = open(wire.url);
    const key = randomBytes(8).toString('hex');
    await until(async () => {
      await cache.set(key, page('first'));
      return (await cache.get(key)) !== undefined;
    });
    faults = [];
  });
  afterEach(async () => {
    for (const each of opened) each.close();
    opened = [];
    await wire.close();
  });

  it('gives entries to all who hold the secret, as they were kept, until they are too old', async () => {
    const other = open(redisUrl(), 500);
    // As in the service, each setting follows a reading: that is what finds a Redis that is back.
    await until(async () => {
      await other.get('short');
      await other.set('short', page('é😀\n"'));
      return (await cache.get('short')) !== undefined;
    });
    expect(await cache.get('short')).toEqual(page('é😀\n"'));
    await until(async () => (await cache.get('short')) === undefined);
  });

  it('keeps nothing that is too large', async () => {
    await cache.set('large', page('x'.repeat(MAX_ENTRY_BYTES + 1)));
    expect(await cache.get('large')).toBeUndefined();
  });

  it('takes what is not an entry of ours for a miss', async () => {
    const client = createClient({ url: redisUrl() });
    await client.connect();
    try {
      await cache.set('mine', page('mine'));
      const key = (name: string): string => `sluice:answers:${name}`;
      const written = (await client.get(key('mine'))) ?? '';
      expect(written).toContain('mine');
      for (const wrong of ['', 'x', '{"value":"y"}', written.slice(0, -1), written.replace('mine', 'evil')]) {
        await client.set(key('wrong'), wrong);
        expect(await cache.get('wrong')).toBeUndefined();
      }
      // Copied from another key, and of another type than a text.
      await client.set(key('wrong'), written);
      expect(await cache.get('wrong')).toBeUndefined();
      await client.del(key('wrong'));
      await client.lPush(key('wrong'), 'a list');
      expect(await cache.get('wrong')).toBeUndefined();
      await client.del(key('wrong'));
    } finally {
      client.destroy();
    }
  });

  it.each(['kill', 'freeze'] as const)(
    'costs one caller a moment and the others nothing when Redis is lost (%s), and is back with it',
    async (loss) => {
      const [key, turns] = [randomBytes(8).toString('hex'), 100];
      await until(async () => {
        await cache.set(key, page('kept'));
        return (await cache.get(key)) !== undefined;
      });
      faults = [];
      wire[loss]();
      const lost = performance.now();
      const first = await timed(() => cache.get(key));
      expect(first.value).toBeUndefined();
      // Without a deadline of ours it would be the client's, which is none. That ours is kept, guarded-store.spec.ts shows.
      expect(first.ms).toBeLessThan(5_000);
      for (let turn = 0; turn < turns; turn++) {
        await cache.get(key);
        await cache.set(key, page('new'));
      }
      // One of them is sent each second, and waits; the others do not.
      expect(wire.askedInVain).toBeLessThanOrEqual(2 + (performance.now() - lost) / 1_000);
      expect(faults).toHaveLength(1);
      wire.restart();
      await until(async () => (await cache.get(key)) !== undefined);
      expect(await cache.get(key)).toEqual(page('kept'));
    },
  );

  it('opens without Redis, and finds it later', async () => {
    wire.kill();
    const late = open(wire.url);
    expect(await late.get('k')).toBeUndefined();
    wire.restart();
    await until(async () => {
      await late.get('late');
      await late.set('late', page('late'));
      return (await late.get('late')) !== undefined;
    });
  });
});

describe('two instances of the service', () => {
  const body = { select: ['id', 'code'], filter: { column: 'id', op: 'lt', value: 50 }, page: { limit: 3 } };
  let instances: readonly RunningService[];
  let caches: readonly RedisCache[];
  let wire: RedisWire;

  beforeAll(async () => {
    wire = await RedisWire.open();
    const open = (): RedisCache =>
      RedisCache.open({ url: wire.url, ttlMs: 60_000, secret, onFault: () => undefined });
    caches = [open(), open()];
    instances = await Promise.all(caches.map((cache) => startOrdersService({ cache })));
  });
  afterAll(async () => {
    for (const service of instances) await service.close();
    for (const cache of caches) cache.close();
    await wire.close();
  });

  it('share answers and totals; without Redis they answer all the same', async () => {
    const [one, other] = instances as [RunningService, RunningService];
    const first = await one.rows(body);
    await until(async () => (await other.rows(body)).meta.cached);
    const ran = other.engine.statements.length;
    expect(await other.rows(body)).toMatchObject({ rows: first.rows, meta: { cached: true, totalRows: 17 } });
    expect(other.engine.statements).toHaveLength(ran);
    for (const loss of ['kill', 'freeze'] as const) {
      wire[loss]();
      for (const service of instances) {
        const { ms, value } = await timed(() => service.rows(body));
        expect(value).toMatchObject({ rows: first.rows, meta: { cached: false, totalRows: 17 } });
        // For ever, where it would be waited for.
        expect(ms).toBeLessThan(20_000);
      }
    }
    wire.restart();
    await until(async () => (await one.rows(body)).meta.cached);
  });
});
