/**
 * Pages and cursors have specs of their own, which are measured.
 *
 * @unmeasured
 */
import fc from 'fast-check';
import { RunningService, startService } from './running-service.js';

/** Values that order, compare or travel oddly; few, so that there are ties. */
const DOUBLES = [
  "'nan'::double",
  "'inf'::double",
  "'-inf'::double",
  '-0.0::double',
  '0.0::double',
  '0.1::double + 0.2::double',
  '5e-324::double',
  '1.7976931348623157e308::double',
  '1e23::double',
];
const DECIMALS = ['0', '-0.0000000001', '9999999999999999999999999999.9999999999', '1.5', '1.50'];
const TIMES = [
  "'infinity'::timestamp",
  "'-infinity'::timestamp",
  "'0044-03-15 (BC) 10:00:00'::timestamp",
  "'294246-12-31 00:00:00'::timestamp",
  "'2024-03-10 10:00:00.000001'::timestamp",
  "'2024-03-10 10:00:00'::timestamp",
];
const DAYS = [
  "'infinity'::date",
  "'5877641-06-25 (BC)'::date",
  "'5881580-07-10'::date",
  "'2024-02-29'::date",
];
const TEXTS = [
  "''",
  "'a'",
  "'A'",
  "'ä'",
  "'a '",
  "'z'",
  "'10'",
  "'9'",
  'chr(0)',
  "'a' || chr(0)",
  "'😀'",
  "'\\'",
  "'%'",
  "'''\"'",
];

const TENANTS = 12;
const orNull = (values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom('null', ...values);
const row = fc.tuple(
  orNull(DOUBLES),
  orNull(DECIMALS),
  orNull(TIMES),
  orNull(DAYS),
  orNull(TEXTS),
  orNull(['true', 'false']),
);
/** Each tenant's rows are a random small table; the seed makes them the same in each run. */
const tables = fc.sample(fc.array(row, { minLength: 5, maxLength: 40, size: 'max' }), {
  numRuns: TENANTS,
  seed: 20_261_126,
});
const rowsSql = tables
  .flatMap((rows, tenant) =>
    rows.map((values, index) => `(${(index * 7) % 41}, 'T${tenant}', ${values.join(', ')})`),
  )
  .join(',\n');
const SQL = `
  select id::bigint as id, tenant_id, d::double as d, m::decimal(38,10) as m, ts::timestamp as ts, day::date as day, t, b
  from (values ${rowsSql}) v(id, tenant_id, d, m, ts, day, t, b)`;

const COLUMNS = ['d', 'm', 'ts', 'day', 't', 'b'] as const;
const EXPRESSIONS = [
  ...COLUMNS,
  '-d',
  'd / 3',
  'd + m',
  'm / 7',
  'abs(m)',
  'length(t)',
  'upper(t)',
  "coalesce(t, 'm')",
  "date_trunc('month', ts)",
  "date_trunc('day', day)",
  'case when b then d end',
  'b and d > 0',
] as const;

let service: RunningService;

beforeAll(async () => {
  service = await startService([
    {
      sql: SQL,
      dataset: {
        name: 'odd',
        tenant: 'tenant_id',
        default: true,
        key: ['id', 'tenant_id'],
        columns: {
          id: { type: 'integer' },
          tenant_id: { type: 'text' },
          d: { type: 'double' },
          m: { type: 'decimal(38,10)' },
          ts: { type: 'timestamp' },
          day: { type: 'date' },
          t: { type: 'text' },
          b: { type: 'boolean' },
        },
      } as never,
    },
  ]);
});
afterAll(() => service.close());

const directed = (of: readonly string[]) =>
  fc.uniqueArray(fc.record({ column: fc.constantFrom(...of), direction: fc.constantFrom('asc', 'desc') }), {
    selector: ({ column }) => column,
    maxLength: 4,
  });

/** The rows of a page as the engine wrote them, and the cursor. */
async function ask(body: object, tenant: string): Promise<{ lines: readonly string[]; next: string | null }> {
  const answer = await service.run(body, { tenant, form: 'ndjson' });
  const lines = Buffer.concat(answer.body).toString().split('\n').slice(0, -1);
  return { lines, next: answer.facts?.next ?? null };
}

async function walk(query: object, limit: number, tenant: string): Promise<readonly string[]> {
  const walked: string[] = [];
  let after: string | null = null;
  do {
    const page: object = after === null ? { limit } : { limit, after };
    const { lines, next } = await ask({ ...query, page }, tenant);
    walked.push(...lines);
    after = next;
    // A walk that goes in circles must end too.
  } while (after !== null && walked.length < 200);
  return walked;
}

async function walkByOffset(query: object, limit: number, tenant: string): Promise<readonly string[]> {
  const walked: string[] = [];
  for (let offset = 0; ; offset += limit) {
    const { lines } = await ask({ ...query, page: { limit, offset } }, tenant);
    walked.push(...lines);
    if (lines.length < limit) return walked;
  }
}

async function expectSameWalks(query: object, limit: number, tenant: string): Promise<readonly string[]> {
  const whole = (await ask({ ...query, page: { limit: 5_000 } }, tenant)).lines;
  expect(await walk(query, limit, tenant)).toEqual(whole);
  expect(await walkByOffset(query, limit + 2, tenant)).toEqual(whole);
  return whole;
}

const tenant = fc.nat({ max: TENANTS - 1 });
const limit = fc.integer({ min: 1, max: 9 });

describe('walking odd values by keyset', () => {
  it('meets each row once, in the order of an offset walk and of one page', async () => {
    await fc.assert(
      fc.asyncProperty(tenant, directed(EXPRESSIONS), limit, async (index, sort, size) => {
        const query = { select: ['id', ...COLUMNS], sort, count: 'none' };
        const whole = await expectSameWalks(query, size, `T${index}`);
        const ids = whole.map((line) => (JSON.parse(line) as { id: number }).id);
        expect(new Set(ids).size).toBe(tables[index]?.length);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('meets each group once', async () => {
    const keys = fc.uniqueArray(fc.constantFrom(...EXPRESSIONS), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        tenant,
        keys,
        fc.boolean(),
        directed(['n', 'k0', 'm']),
        limit,
        async (index, of, distinct, sort, size) => {
          const select = of.map((expr, place) => ({ expr, as: `k${place}` }));
          const aggregates = [
            { expr: 'count(*)', as: 'n' },
            { expr: 'max(m)', as: 'top' },
          ];
          const order = sort
            .map(({ column, direction }) => ({ column: column === 'm' ? 'max(m)' : column, direction }))
            .filter(({ column }) => column === 'k0' || !distinct);
          const query = {
            select: distinct ? select : [...select, ...aggregates],
            sort: order,
            ...(distinct && { distinct }),
            count: 'none',
          };
          await expectSameWalks(query, size, `T${index}`);
        },
      ),
      { numRuns: 60, seed: 2 },
    );
  });
});
