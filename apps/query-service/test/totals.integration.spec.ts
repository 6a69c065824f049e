import { queryCheck } from '@sluice/contracts';
import { principalOf, RunningService, startService } from './running-service.js';

/** A million rows of CA, few of TX; `part` takes 100 values of CA alike, `rare` one in 2,000. */
const BIG = `
  select i::bigint as id, case when i < 1000000 then 'CA' else 'TX' end as tenant_id, i % 100 as part,
    hash(i * 7919) % 1000 as mixed, i % 2000 = 0 as rare
  from range(1000300) t(i)`;

let service: RunningService;

beforeAll(async () => {
  service = await startService([
    {
      sql: BIG,
      dataset: {
        name: 'events',
        tenant: 'tenant_id',
        default: true,
        key: ['id', 'tenant_id'],
        largeTable: { rows: 200_000, conditionOn: ['id', 'part'] },
        columns: {
          id: { type: 'integer' },
          tenant_id: { type: 'text' },
          part: { type: 'integer' },
          mixed: { type: 'integer' },
          rare: { type: 'boolean' },
        },
      } as never,
    },
  ]);
});
afterAll(() => service.close());

const page = { limit: 1 };
const onKey = { column: 'id', op: 'gte', value: 0 };
const all = (...conditions: object[]) => ({ and: [onKey, ...conditions] });

describe('an estimated total', () => {
  it.each([
    ['1 %', { column: 'part', op: 'eq', value: 42 }],
    ['1 %, mixed', { column: 'mixed', op: 'lt', value: 10 }],
    ['12 %', { column: 'part', op: 'between', value: [10, 21] }],
    ['50 %', { column: 'mixed', op: 'lt', value: 500 }],
    ['all', { column: 'part', op: 'gte', value: 0 }],
  ])('is within 10 %% of the exact one, at %s of a million rows', async (_, condition) => {
    const body = { filter: all(condition), page };
    const [estimated, exact] = [
      (await service.rows({ ...body, count: 'estimated' })).meta,
      (await service.rows({ ...body, count: 'exact' })).meta,
    ];
    expect([estimated.totalIsExact, exact.totalIsExact]).toEqual([false, true]);
    const error = Math.abs(Number(estimated.totalRows) / Number(exact.totalRows) - 1);
    expect(error).toBeLessThan(0.1);
    // Once the exact one is known, it is given.
    expect((await service.rows({ ...body, count: 'estimated' })).meta).toMatchObject({
      totalRows: exact.totalRows,
      totalIsExact: true,
    });
  });

  it.each([
    ['a rare hit', { filter: all({ column: 'rare', op: 'eq', value: true }), page }, 'CA', 500],
    ['few rows', { filter: { column: 'part', op: 'gte', value: 50 }, page }, 'TX', 150],
    ['groups', { select: ['part'], distinct: true, filter: onKey, page }, 'CA', 100],
  ])('is exact for %s', async (_, body, tenant, totalRows) => {
    const { meta } = await service.rows({ ...body, count: 'estimated' }, { tenant });
    expect(meta).toMatchObject({ totalRows, totalIsExact: true });
  });
});

describe('a large table', () => {
  const codeOf = async (filter: object | undefined, tenant = 'CA'): Promise<string> =>
    service.run({ ...(filter && { filter }), page, count: 'none' }, { tenant }).then(
      () => 'answered',
      (error: { readonly code: string }) => error.code,
    );

  it.each([
    [undefined],
    [{ column: 'mixed', op: 'eq', value: 1 }],
    [{ column: 'id', op: 'ne', value: 1 }],
    [{ column: 'id', op: 'notIn', value: [1] }],
    [{ column: 'id', op: 'isNotNull' }],
    [{ not: { column: 'id', op: 'eq', value: 1 } }],
    [{ or: [onKey, { column: 'mixed', op: 'eq', value: 1 }] }],
    [{ column: 'id + 1', op: 'eq', value: 1 }],
    [{ column: 'id', op: 'lt', value: '100000000000000000000' }],
    [{ column: 'id = id', op: 'eq', value: true }],
    [{ column: 'id = 5', op: 'eq', value: false }],
  ])('needs a condition on a key column: %j does not do', async (filter) => {
    expect(await codeOf(filter)).toBe('query-too-broad');
  });

  it.each([
    [onKey],
    [{ column: 'id', op: 'in', value: [1, 2] }],
    [{ column: 'part', op: 'between', value: [1, 2] }],
    [{ and: [{ column: 'mixed', op: 'eq', value: 1 }, { and: [onKey] }] }],
    [{ or: [onKey, { and: [{ column: 'part', op: 'eq', value: 1 }, { not: onKey }] }] }],
    [{ column: 'id = 5', op: 'eq', value: true }],
    [{ column: 'id', op: 'eq', value: 0.5 }],
  ])('is read under a condition such as %j', async (filter) => {
    expect(await codeOf(filter)).toBe('answered');
  });

  it('is not large to who sees few of its rows', async () => {
    expect(await codeOf(undefined, 'TX')).toBe('answered');
  });

  it('says which columns and which limit, for a page and for an export', async () => {
    await expect(service.run({ page })).rejects.toMatchObject({
      message: expect.stringContaining('200000 rows for you: the filter needs a condition on id or part'),
      details: { pointer: '/filter', limit: { name: 'largeTableRows', value: 200_000 } },
    });
    const asked = { principal: principalOf({ role: 'exporter' }), body: {} };
    await expect(service.bus.request(queryCheck, asked)).rejects.toMatchObject({
      code: 'query-too-broad',
      details: { pointer: '/queryDefinition/filter' },
    });
  });
});
