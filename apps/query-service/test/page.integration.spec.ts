import { startOrdersService } from './orders-service.js';
import { RunningService } from './running-service.js';

let service: RunningService;

beforeAll(async () => {
  service = await startOrdersService();
});
afterAll(() => service.close());

describe('a page', () => {
  it('holds the rows of the tenant only, typed, with every digit', async () => {
    const select = ['id', 'tenant_id', 'amount', 'big', 'at', 'day', 'ratio', 'even', 'score'];
    const body = { select, page: { limit: 2 }, sort: ['id desc'] };
    const text = Buffer.concat((await service.run(body)).body).toString();
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

  it('takes the largest expressions that the limits admit', async () => {
    const sum = `${'abs('.repeat(30)}${'id + '.repeat(80)}id${')'.repeat(30)}`;
    const nested = `${'('.repeat(30)}amount${' * 1)'.repeat(30)}`;
    const body = {
      select: [
        { expr: sum, as: 's' },
        { expr: nested, as: 'n' },
      ],
      sort: ['id'],
      page: { limit: 2 },
    };
    expect((await service.rows(body)).rows).toEqual([
      { s: 0, n: 0 },
      { s: 243, n: 37037036703.75 },
    ]);
    const any = Array.from({ length: 490 }, (_, value) => ({ column: 'id', op: 'eq', value }));
    expect((await service.rows({ ...body, filter: { or: any } })).rows).toHaveLength(2);
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
