import { withModel } from './bus.js';
import { Caller } from './caller.js';
import { until } from './until.js';
import { useWorld } from './use-world.js';
import { World } from './world.js';

let world: World;
useWorld((made) => (world = made), {
  make: () =>
    World.create({
      env: { SLUICE_AUDIT_SPOOL_MIB: '1' },
      without: ['orchestrator-2', 'worker-2'],
    }),
});

const TEST_MS = 240_000;
const QUEUE = 'sluice.event.audit.recorded.audit-service';
/** More than a spool of 1 MiB holds: a record has some 500 bytes. */
const MORE_THAN_FITS = 6_000;
const AT_ONCE = 16;

interface Told {
  readonly status: number;
  readonly code: string | null;
  readonly retryAfter: string | null;
  readonly requestId: string;
}

async function query(caller: Caller): Promise<Told> {
  const body = JSON.stringify({ dataset: 'small', select: ['id'], page: { limit: 1 } });
  const answer = await caller.fetch('/api/v1/query', { method: 'POST', body });
  const { code = null } = (await answer.json()) as { code?: string };
  const header = (name: string): string | null => answer.headers.get(name);
  return {
    status: answer.status,
    code,
    retryAfter: header('retry-after'),
    requestId: header('x-request-id') ?? '',
  };
}

/** Several at once, one round after the other, until one of them is what is waited for; at most so many. */
async function queryUntil(most: number, enough: (told: Told) => boolean): Promise<readonly Told[]> {
  const told: Told[] = [];
  while (told.length < most && !told.some(enough)) {
    told.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => query(world.callers.CA)))));
  }
  return told;
}

async function allInTrail(answered: readonly Told[]): Promise<void> {
  let missing = answered.map(({ requestId }) => requestId);
  await until(
    () => `${missing.length} records arrive`,
    async () => {
      const rows = await world.database.query<{ id: string }[]>(
        'select request_id as id from audit_record where request_id = any($1)',
        [missing],
      );
      const found = new Set(rows.map(({ id }) => id));
      missing = missing.filter((id) => !found.has(id));
      return missing.length === 0 ? true : undefined;
    },
  );
}

const isFull = ({ code }: Told): boolean => code === 'audit-unavailable';

describe('an audit-service that is dead (R31)', () => {
  it(
    'is waited for by its records, not by callers',
    async () => {
      await world.kill('audit');
      const told = await queryUntil(200, isFull);
      expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]));
      await world.mend();
      await allInTrail(told);
    },
    TEST_MS,
  );

  it(
    'and whose queue is gone is waited for in the spools; where one is full nothing is answered, until it is empty again',
    async () => {
      await world.kill('audit');
      await withModel(world, async (model) => {
        const channel = await model.createChannel();
        await channel.deleteQueue(QUEUE);
      });
      const told = await queryUntil(MORE_THAN_FITS, isFull);
      const refused = told.filter(isFull);
      expect(refused.length).toBeGreaterThan(0);
      for (const { status, retryAfter } of refused) {
        expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
      }
      const answered = told.filter(({ status }) => status === 200);
      expect(answered.length + refused.length).toBe(told.length);
      await world.mend();
      await until('queries are answered again', async () =>
        (await query(world.callers.CA)).status === 200 ? true : undefined,
      );
      await allInTrail(answered);
    },
    TEST_MS,
  );
});
