import { setTimeout as sleep } from 'node:timers/promises';
import { Caller } from './caller.js';
import { differenceOf, freshQuery, KnownQuery } from './load/known-queries.js';
import { Arena } from './matrix/arena.js';
import { until } from './until.js';
import { verifyWorld } from './verify/verify-world.js';
import { World } from './world.js';

const TEST_MS = 240_000;
/** Of one client, a minute; the burst that it may have at once is a part of it. */
const RATE = 600;

/** What answers of one client said: how often each status came, how often without `Retry-After`, and what was wrong. */
class Tally {
  readonly statuses = new Map<number, number>();
  readonly impolite: string[] = [];
  readonly wrong: string[] = [];

  async take(query: KnownQuery, answer: Response): Promise<void> {
    const text = await answer.text();
    this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
    if (answer.status !== 200) {
      if (!/^\d+$/.test(answer.headers.get('retry-after') ?? '')) this.impolite.push(text);
      return;
    }
    const difference = differenceOf(query, text);
    if (difference !== null) this.wrong.push(difference);
  }

  of(status: number): number {
    return this.statuses.get(status) ?? 0;
  }
}

let turns = 0;

async function ask(caller: Caller, tally: Tally): Promise<void> {
  const query = freshQuery(caller.tenant, (turns += 1));
  const body = JSON.stringify(query.body);
  await tally.take(query, await caller.fetch('/api/v1/query', { method: 'POST', body }));
}

/** One tenant asks as much as it can, the other one a little, one after the other; what either was told. */
async function flood(
  world: World,
  atOnce: number,
  calmQueries: number,
): Promise<{ flooding: Tally; calm: Tally }> {
  const { CA, TX } = world.callers;
  const [flooding, calm] = [new Tally(), new Tally()];
  let over = false;
  const floods = Array.from({ length: atOnce }, async () => {
    while (!over) await ask(CA, flooding);
  });
  await until('the flood is there', () => (flooding.of(200) > 0 ? true : undefined));
  for (let asked = 0; asked < calmQueries; asked += 1) {
    await ask(TX, calm);
    await sleep(200);
  }
  over = true;
  await Promise.all(floods);
  return { flooding, calm };
}

describe('a tenant that asks ten times as much as it may (R23)', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.create({
      env: { SLUICE_RATE_LIMIT_PER_MINUTE: String(RATE) },
      without: ['orchestrator-2', 'worker-2'],
    });
  }, TEST_MS);
  afterAll(() => world.destroy(), 60_000);

  it(
    'is told so, while another one is answered as ever',
    async () => {
      const { flooding, calm } = await flood(world, 20, 30);
      expect(flooding.of(429)).toBeGreaterThan(0);
      expect([...flooding.statuses.keys()].sort()).toEqual([200, 429]);
      expect(Object.fromEntries(calm.statuses)).toEqual({ 200: 30 });
      for (const { impolite, wrong } of [flooding, calm])
        expect({ impolite, wrong }).toEqual({ impolite: [], wrong: [] });
      expect(await verifyWorld(world)).toEqual([]);
    },
    TEST_MS,
  );
});

describe('a tenant that floods without a limit of its rate (R23)', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await Arena.create();
  }, TEST_MS);
  afterAll(() => arena.destroy(), 60_000);

  it(
    'takes no turn from another one: each of them gets right answers, or 503 with Retry-After',
    async () => {
      const { flooding, calm } = await flood(arena.world, 400, 20);
      expect(flooding.of(200)).toBeGreaterThan(0);
      for (const status of flooding.statuses.keys()) expect([200, 503]).toContain(status);
      expect(Object.fromEntries(calm.statuses)).toEqual({ 200: 20 });
      for (const { impolite, wrong } of [flooding, calm])
        expect({ impolite, wrong }).toEqual({ impolite: [], wrong: [] });
    },
    TEST_MS,
  );

  it(
    'and services that lost their broker for a while come back one by one, not all at one instant (R36)',
    async () => {
      const { world, gates } = arena;
      const before = gates.rabbitmq.accepted.length;
      await gates.rabbitmq.shut();
      await sleep(15_000);
      await gates.rabbitmq.open();
      const back = await until('all services are back', () => {
        const since = gates.rabbitmq.accepted.slice(before);
        return since.length >= world.parts.length ? since : undefined;
      });
      // Each waits 2.5 to 7.5 s between two tries by then.
      expect(Math.max(...back) - Math.min(...back)).toBeGreaterThan(100);
      await until('queries are answered again', async () => {
        const tally = new Tally();
        await ask(world.callers.CA, tally);
        return tally.of(200) === 1 ? true : undefined;
      });
      expect(await verifyWorld(world)).toEqual([]);
    },
    TEST_MS,
  );
});
