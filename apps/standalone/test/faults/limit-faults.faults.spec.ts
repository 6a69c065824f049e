import { SeenJob } from './caller.js';
import { SLOW } from './under-way.js';
import { until } from './until.js';
import { verifyWorld } from './verify/verify-world.js';
import { World } from './world.js';

/** A PDF of the small dataset stays below it, one of the big dataset does not. */
const LIMITS = { exportMinutes: 1, querySeconds: 1, pdfMib: 1 } as const;

let world: World;
beforeAll(async () => {
  world = await World.create({
    env: {
      SLUICE_EXPORT_TIMEOUT_MINUTES: String(LIMITS.exportMinutes),
      SLUICE_QUERY_TIMEOUT_SECONDS: String(LIMITS.querySeconds),
      SLUICE_PDF_MAX_MIB: String(LIMITS.pdfMib),
    },
  });
}, 240_000);
afterAll(() => world.destroy(), 60_000);
afterEach(async () => {
  await world.mend();
  expect(await verifyWorld(world)).toEqual([]);
}, 120_000);

const TEST_MS = 240_000;
const ENDED_MS = 150_000;

async function submitted(body: object): Promise<string> {
  const answer = await world.callers.CA.fetch('/api/v1/exports', {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (answer.status !== 202) throw new Error(`Not accepted: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { readonly jobId: string }).jobId;
}

/** What stands in the trail of a job's runs and end. */
async function recordsOf(jobId: string): Promise<unknown> {
  return until(`the end of ${jobId} is in the trail`, async () => {
    const records = await world.database.query<{ action: string }[]>(
      `select action, status, code, rows::integer as rows from audit_record
        where job_id = $1 and action in ('export.run', 'export.end') order by action`,
      [jobId],
    );
    return records.length >= 2 ? records : undefined;
  });
}

/** Nothing of the job is left, and its place is free: as many as all workers run at once come to an end. */
async function leftNothing(job: SeenJob): Promise<void> {
  expect(job.result).toBeNull();
  expect((await world.store.files()).filter((file) => file.includes(job.jobId))).toEqual([]);
  expect(await world.store.staged()).toEqual([]);
  const [slots] = await world.database.query<{ active: number }[]>(
    `select active from export_slots where tenant = 'CA'`,
  );
  expect(slots?.active).toBe(0);
  const { CA } = world.callers;
  const next = await Promise.all(Array.from({ length: 4 }, () => CA.submit('small')));
  const ends = await Promise.all(next.map((jobId) => CA.ended(jobId)));
  expect(ends.map(({ state }) => state)).toEqual(next.map(() => 'Succeeded'));
  expect(world.down()).toEqual([]);
}

describe('an export that runs past its limit', () => {
  it(
    'of time fails at once and for good, and gives its place back (R20)',
    async () => {
      for (const name of ['worker-1', 'worker-2'] as const) await world.restart(name, SLOW);
      // 30 MB, which the slow worker takes two minutes for.
      const text = { expr: `concat(${Array(7).fill('label').join(', ')})`, as: 'text' };
      const queryDefinition = { dataset: 'big', select: ['id', text] };
      const jobId = await submitted({ format: 'csv', queryDefinition });
      const end = await world.callers.CA.ended(jobId, ENDED_MS);
      expect(end).toMatchObject({
        state: 'Failed',
        attempt: 1,
        error: { code: 'query-timeout', message: expect.stringContaining('60000 ms') },
      });
      expect(await recordsOf(jobId)).toEqual([
        { action: 'export.end', status: 504, code: 'query-timeout', rows: null },
        { action: 'export.run', status: 504, code: 'query-timeout', rows: null },
      ]);
      await leftNothing(end);
    },
    TEST_MS,
  );

  it(
    'of a PDF’s size fails at once and for good, and leaves no part of it (R22)',
    async () => {
      const queryDefinition = { dataset: 'big', select: ['id', 'label'] };
      const jobId = await submitted({ format: 'pdf', queryDefinition });
      const end = await world.callers.CA.ended(jobId, ENDED_MS);
      expect(end).toMatchObject({
        state: 'Failed',
        attempt: 1,
        error: { code: 'file-too-large', message: expect.stringContaining('1048576 bytes') },
      });
      expect(await recordsOf(jobId)).toEqual([
        { action: 'export.end', status: 422, code: 'file-too-large', rows: null },
        { action: 'export.run', status: 422, code: 'file-too-large', rows: null },
      ]);
      await leftNothing(end);
      const small = await submitted({ format: 'pdf', queryDefinition: { dataset: 'small' } });
      expect(await world.callers.CA.ended(small)).toMatchObject({
        state: 'Succeeded',
        result: { rows: 1_000 },
      });
    },
    TEST_MS,
  );
});

describe('a query that runs past its limit of time (R20)', () => {
  it(
    'is answered with the limit, recorded, and gives its place back',
    async () => {
      const { CA } = world.callers;
      const ask = (select: readonly unknown[]): Promise<Response> =>
        CA.fetch('/api/v1/query', {
          method: 'POST',
          headers: { 'cache-control': 'no-cache' },
          body: JSON.stringify({ dataset: 'big', select, count: 'none', page: { limit: 10 } }),
        });
      // Many times the limit of time, and no memory to speak of: that would be another limit.
      const slow = (turn: number): readonly unknown[] =>
        Array.from({ length: 200 }, (_, column) => ({
          expr: `sum(length(upper(lower(concat(label, '${String(turn)} ${String(column)}', label, label, label)))))`,
          as: `c${String(column)}`,
        }));
      // More than it runs at once, so that a place that was not given back would be missed.
      for (let round = 0; round < 3; round++) {
        const late = await Promise.all(Array.from({ length: 4 }, (_, turn) => ask(slow(4 * round + turn))));
        expect(late.map(({ status }) => status)).toEqual(late.map(() => 504));
        for (const answer of late)
          expect(await answer.json()).toMatchObject({
            code: 'query-timeout',
            limit: { name: 'queryMs', value: LIMITS.querySeconds * 1_000 },
          });
      }
      const next = await ask([{ expr: 'count(id)', as: 'rows' }]);
      expect(await next.json()).toMatchObject({ rows: [{ rows: 200_000 }] });
      await until('each is in the trail', async () => {
        const records = await world.database.query<unknown[]>(
          `select 1 from audit_record where action = 'query' and status = 504 and code = 'query-timeout' and dataset = 'big'`,
        );
        return records.length === 12 ? true : undefined;
      });
      expect(world.down()).toEqual([]);
    },
    TEST_MS,
  );
});
