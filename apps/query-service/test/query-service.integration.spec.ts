import { datasetsDescribe, datasetsList, queryCheck, Principal } from '@sluice/contracts';
import fc from 'fast-check';
import { setTimeout } from 'node:timers/promises';
import { RunningService, startService } from './running-service.js';

/** 60 orders of three tenants; TX holds what would make a careless query raise. */
const ORDERS = `
  select i::bigint as id,
    ['CA', 'TX', 'NY'][1 + i % 3] as tenant_id,
    case when i % 4 = 0 then null else i % 5 end::bigint as score,
    case when i % 3 = 1 then 'not a number' when i % 7 = 0 then null else (i % 6)::varchar end as code,
    (i * 12345678901.25)::decimal(20,2) as amount,
    timestamp '2024-03-10 09:59:59' + interval (i) minute as at,
    date '2024-02-28' + i::int as day,
    i / 7.0::double as ratio,
    i % 2 = 0 as even,
    9007199254740993 + i as big,
    i % 10 as customer_id
  from range(60) t(i)`;
const CUSTOMERS = `
  select i::bigint as customer_id, t as tenant_id, 'Person "' || i || '"' as name
  from range(10) a(i), (values ('CA'), ('TX'), ('NY')) b(t)`;

let service: RunningService;

beforeAll(async () => {
  service = await startService([
    {
      sql: ORDERS,
      dataset: {
        name: 'orders',
        tenant: 'tenant_id',
        default: true,
        key: ['id'],
        columns: {
          id: { type: 'integer' },
          tenant_id: { type: 'text' },
          score: { type: 'integer' },
          code: { type: 'text' },
          amount: { type: 'decimal(20,2)' },
          at: { type: 'timestamp' },
          day: { type: 'date' },
          ratio: { type: 'double' },
          even: { type: 'boolean' },
          big: { type: 'integer' },
          customer_id: { type: 'integer' },
        },
        relations: { customer: { dataset: 'customers', columns: ['customer_id', 'tenant_id'] } },
      } as never,
    },
    {
      sql: CUSTOMERS,
      dataset: {
        name: 'customers',
        tenant: 'tenant_id',
        key: ['customer_id', 'tenant_id'],
        columns: {
          customer_id: { type: 'integer' },
          tenant_id: { type: 'text' },
          name: { type: 'text', class: 'pii' },
        },
      } as never,
    },
  ]);
}, 60_000);
afterAll(() => service.close());
beforeEach(() => {
  service.audit.records.length = 0;
  service.audit.failure = null;
});

describe('a page', () => {
  it('holds the rows of the tenant only, typed, with every digit', async () => {
    const select = ['id', 'tenant_id', 'amount', 'big', 'at', 'day', 'ratio', 'even', 'score'];
    const body = { select, page: { limit: 2 }, sort: ['id desc'] };
    const text = Buffer.from((await service.run(body)).body).toString();
    expect(text).toContain(
      '"rows":[{"id":57,"tenant_id":"CA","amount":703703697371.25,"big":9007199254741050,"at":"2024-03-10T10:56:59Z","day":"2024-04-25","ratio":8.142857142857142,"even":false,"score":2},' +
        '{"id":54,"tenant_id":"CA","amount":666666660667.50,"big":9007199254741047,"at":"2024-03-10T10:53:59Z","day":"2024-04-22","ratio":7.714285714285714,"even":true,"score":4}]',
    );
    const answer = await service.rows(body);
    expect(answer.columns[2]).toEqual({ name: 'amount', type: 'decimal(20,2)', masked: false });
    expect(answer.page).toMatchObject({ limit: 2, returned: 2, hasMore: true });
    expect(answer.meta).toMatchObject({ totalRows: 20, totalIsExact: true });
  });

  it('quotes numbers and turns rows into arrays when asked', async () => {
    const body = { select: ['id', 'amount', 'ratio'], rows: 'array', numbers: 'string', page: { limit: 1 } };
    expect((await service.rows(body)).rows).toEqual([['0', '0.00', 0]]);
  });

  it('gives times in the asked zone, across the change of the clocks', async () => {
    const body = { select: ['at'], timezone: 'America/New_York', page: { limit: 1 } };
    expect((await service.rows(body)).rows).toEqual([{ at: '2024-03-10T05:59:59-04:00' }]);
    const local = {
      filter: { column: 'at', op: 'lt', value: '2024-03-10T06:05' },
      timezone: 'America/New_York',
    };
    expect((await service.rows({ ...body, ...local, page: { limit: 10 } })).rows).toHaveLength(2);
  });

  it('follows relations, and masks what the role may not see', async () => {
    const body = {
      select: ['id', 'customer.name as name'],
      page: { limit: 1 },
      filter: { column: 'id', op: 'eq', value: 12 },
    };
    const viewer = await service.rows(body);
    expect(viewer.rows).toEqual([{ id: 12, name: '***' }]);
    expect(viewer.columns[1]).toEqual({ name: 'name', type: 'text', masked: true });
    expect((await service.rows(body, { role: 'exporter' })).rows).toEqual([{ id: 12, name: '*** "2"' }]);
    expect((await service.rows(body, { role: 'admin' })).rows).toEqual([{ id: 12, name: 'Person "2"' }]);
  });

  it('groups, with expressions over aggregates', async () => {
    const body = {
      select: [
        'even',
        'count(*) as n',
        'sum(amount) as total',
        'sum(amount) / count(*) as mean',
        'count_distinct(score) as scores',
      ],
      having: { column: 'n', op: 'gte', value: 10 },
      sort: ['even desc'],
      numbers: 'string',
      page: { limit: 10 },
    };
    expect((await service.rows(body)).rows).toEqual([
      { even: true, n: '10', total: '3333333303337.50', mean: 333333330333.75, scores: '5' },
      { even: false, n: '10', total: '3703703670375.00', mean: 370370367037.5, scores: '5' },
    ]);
  });

  it.each([
    ['1 / (id - id)', null],
    ['id % 0', null],
    ['big * big', null],
    ['amount / 0', null],
    ['abs(-id)', 0],
    ["coalesce(code, 'none')", 'none'],
    ["date_part('year', day)", 2024],
    ["substring('sluice', 1, 3)", 'slu'],
    ["case when id > 5 then 'a' else 'b' end", 'b'],
  ])('%s never raises', async (expression, value) => {
    const body = { select: [{ expr: expression, as: 'x' }], sort: ['id'], page: { limit: 1 } };
    expect((await service.rows(body)).rows).toEqual([{ x: value }]);
  });

  it('says what is wrong, never how the engine sees it', async () => {
    await expect(service.run({ page: { limit: 1 }, select: ['nope'] })).rejects.toMatchObject({
      code: 'unknown-column',
    });
    await expect(
      service.run({ page: { limit: 1 }, filter: { column: 'tenant_id', op: 'eq', value: 'TX' } }),
    ).rejects.toMatchObject({ code: 'tenant-forbidden', details: { pointer: '/filter/column' } });
  });
});

describe('walking by keyset', () => {
  const keys = ['score', 'code', 'ratio', 'even', 'day', 'at', 'amount'] as const;
  const sorts = fc.uniqueArray(
    fc.record({ column: fc.constantFrom(...keys), direction: fc.constantFrom('asc', 'desc') }),
    {
      selector: ({ column }) => column,
      maxLength: 3,
    },
  );

  it('meets each row once, in the order of one page, whatever the ties, NULLs and directions', async () => {
    await fc.assert(
      fc.asyncProperty(sorts, fc.integer({ min: 1, max: 7 }), async (sort, limit) => {
        const query = { select: ['id'], sort, count: 'none' };
        const whole = await service.rows({ ...query, page: { limit: 100 } });
        const walked: unknown[] = [];
        let after: string | null = null;
        do {
          const answer = await service.rows({ ...query, page: after ? { limit, after } : { limit } });
          walked.push(...answer.rows);
          after = answer.page.next;
        } while (after !== null && walked.length < 100);
        expect(walked).toEqual(whole.rows);
        expect(walked).toHaveLength(20);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('walks groups too', async () => {
    const query = { select: ['score', 'count(*) as n'], sort: ['n desc'], count: 'none' };
    const whole = await service.rows({ ...query, page: { limit: 100 } });
    const first = await service.rows({ ...query, page: { limit: 4 } });
    const second = await service.rows({ ...query, page: { limit: 100, after: first.page.next } });
    expect([...first.rows, ...second.rows]).toEqual(whole.rows);
  });

  it('refuses a cursor for another tenant, role or query', async () => {
    const query = { select: ['id', 'customer.name as n'], page: { limit: 1 } };
    const after = (await service.rows(query)).page.next;
    const next = { ...query, page: { limit: 1, after } };
    await expect(service.rows(next)).resolves.toMatchObject({ rows: [{ id: 3 }] });
    for (const [body, options] of [
      [next, { tenant: 'TX' }],
      [next, { role: 'admin' as const }],
      [{ ...next, sort: ['score'] }, {}],
      [{ ...next, select: ['id'] }, {}],
    ] as const) {
      await expect(service.run(body, options)).rejects.toMatchObject({ code: 'invalid-cursor' });
    }
  });
});

describe('the cache and the ETag', () => {
  it('answer the same plan again, for the same view only', async () => {
    const body = { select: ['id', 'code'], page: { limit: 3 } };
    const first = await service.rows(body);
    expect(first.meta.cached).toBe(false);
    const again = await service.rows(body);
    expect(again).toEqual({ ...first, meta: { ...again.meta, cached: true } });
    expect((await service.rows(body, { noCache: true })).meta.cached).toBe(false);
    expect((await service.rows(body, { tenant: 'TX' })).meta).toMatchObject({ cached: false });
    const { etag } = first.meta;
    expect(await service.run(body, { ifNoneMatch: `W/${etag}, "x"` })).toMatchObject({
      status: 304,
      body: new Uint8Array(),
    });
    expect(await service.run(body, { ifNoneMatch: etag, tenant: 'TX' })).toMatchObject({ status: 200 });
  });

  it('change with the data, which is taken up while the service runs', async () => {
    const body = { dataset: 'customers', select: ['customer_id'], page: { limit: 1 } };
    const before = await service.rows(body);
    await service.importSql('customers', `${CUSTOMERS} where i > 4`);
    const deadline = Date.now() + 10_000;
    let after = await service.rows(body);
    while (after.meta.dataVersion === before.meta.dataVersion && Date.now() < deadline) {
      await setTimeout(20);
      after = await service.rows(body);
    }
    expect([before.rows, after.rows]).toEqual([[{ customer_id: 0 }], [{ customer_id: 5 }]]);
    expect(after.meta.etag).not.toBe(before.meta.etag);
  }, 20_000);
});

describe('the record', () => {
  it('stands for each answer and each refusal, without values', async () => {
    await service.run({
      select: ['id', "case when code = 'hush' then 1 end as x", 'customer.name'],
      page: { limit: 3 },
    });
    await service.run({ page: { limit: 1 }, select: ['nope'] }).catch(() => undefined);
    expect(service.audit.records).toMatchObject([
      {
        action: 'query',
        tenant: 'CA',
        dataset: 'orders',
        columns: ['orders.id', 'orders.code', 'customers.name'],
        masks: ['customers.name'],
        rows: 3,
        status: 200,
        code: null,
      },
      { action: 'query', status: 400, code: 'unknown-column', rows: null },
    ]);
    expect(JSON.stringify(service.audit.records)).not.toContain('hush');
  });

  it('is the condition of an answer', async () => {
    service.audit.failure = new Error('the disk is full');
    await expect(service.run({ page: { limit: 1 } })).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('the other requests', () => {
  const principal = (role: 'viewer' | 'exporter'): Principal => ({
    subject: 's',
    clientId: 'c',
    tenants: ['CA'],
    roles: [role],
  });

  it('checks the query of an export: columns, hashes, no page', async () => {
    const body = { select: ['id', 'customer.name as n'] };
    const checked = await service.bus.request(queryCheck, { principal: principal('exporter'), body });
    expect(checked).toMatchObject({
      dataset: 'orders',
      columns: [
        { name: 'id', masked: false },
        { name: 'n', masked: true },
      ],
      queryHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const wrong = { principal: principal('exporter'), body: { ...body, page: { limit: 1 } } };
    await expect(service.bus.request(queryCheck, wrong)).rejects.toMatchObject({
      details: { pointer: '/queryDefinition/page' },
    });
  });

  it('describes the datasets as the caller sees them', async () => {
    const list = await service.bus.request(datasetsList, { principal: principal('viewer') });
    expect(list.map(({ name }) => name)).toEqual(['orders', 'customers']);
    const customers = await service.bus.request(datasetsDescribe, {
      principal: principal('viewer'),
      name: 'customers',
    });
    expect(customers.columns.find(({ name }) => name === 'name')).toMatchObject({
      masked: true,
      type: 'text',
    });
    const unknown = { principal: principal('viewer'), name: 'secrets' };
    await expect(service.bus.request(datasetsDescribe, unknown)).rejects.toMatchObject({
      code: 'unknown-dataset',
    });
  });
});
