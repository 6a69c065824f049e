import { datasetsDescribe, datasetsList, queryExplain, QueryExplanation } from '@sluice/contracts';
import { startOrdersService } from './orders-service.js';
import { POLICY, principalOf, RunningService, RunOptions } from './running-service.js';

let service: RunningService;

beforeAll(async () => {
  service = await startOrdersService();
});
afterAll(() => service.close());
beforeEach(() => service.usePolicy(POLICY));

const explain = (body: unknown, options: RunOptions = {}): Promise<QueryExplanation> =>
  service.bus.request(queryExplain, {
    principal: principalOf(options),
    origin: { requestId: 'r', address: '127.0.0.1' },
    body,
  });

describe('explaining a query', () => {
  const body = {
    select: ['id', 'customer.name as n'],
    filter: { column: 'score', op: 'in', value: [1, 2] },
    sort: ['score desc'],
    page: { limit: 2 },
  };

  it('tells tables, filters, treatments and order, and runs nothing of it', async () => {
    service.engine.statements.length = 0;
    const explained = await explain(body);
    expect(explained).toMatchObject({
      dataset: 'orders',
      tables: [
        {
          dataset: 'orders',
          path: '',
          columns: ['id', 'score'],
          rowFilters: [{ column: 'tenant_id', op: 'eq', value: 'CA' }],
        },
        { dataset: 'customers', path: 'customer', columns: ['name'] },
      ],
      columns: [
        { name: 'id', type: 'integer', masked: false, treatment: 'clear', dataClass: null },
        { name: 'n', type: 'text', masked: true, treatment: 'mask', dataClass: 'pii' },
      ],
      groupedBy: null,
      order: [
        { expression: 'score', direction: 'desc' },
        { expression: 'id', direction: 'asc' },
      ],
      estimatedRows: 20,
      cached: false,
      wouldRefuse: null,
    });
    // How many rows of the table the caller may see, and nothing else.
    expect(service.engine.statements).toEqual([
      'select count(*) from (select 1 as one from (select 1 as one from "orders"."main"."rows" where ("tenant_id" = $1)) s0) q',
    ]);
  });

  it('tells groups as they are written in the query language', async () => {
    const grouped = {
      select: ["date_trunc('month', at) as month", 'sum(score) / count(*) as mean'],
      sort: ['mean desc'],
      page: { limit: 2 },
    };
    expect(await explain(grouped, { tenant: 'CA+TX' })).toMatchObject({
      groupedBy: ['month'],
      order: [
        { expression: '(cast(sum(score) as double) / cast(count(*) as double))', direction: 'desc' },
        { expression: "date_trunc('month', at)", direction: 'asc' },
      ],
      tables: [
        {
          rowFilters: [
            {
              or: [
                { column: 'tenant_id', op: 'eq', value: 'CA' },
                { column: 'tenant_id', op: 'eq', value: 'TX' },
              ],
            },
          ],
        },
      ],
      estimatedRows: 40,
    });
  });

  it('knows whether the answer is kept', async () => {
    await service.run(body);
    expect(await explain(body)).toMatchObject({ cached: true });
    expect(await explain(body, { role: 'admin' })).toMatchObject({ cached: false });
  });

  it('answers with the problem of a query that cannot be planned, and explains one that a guard refuses', async () => {
    await expect(explain({ ...body, sort: ['customer.name'] })).rejects.toMatchObject({
      code: 'column-masked',
    });
    await expect(explain({ ...body, page: { limit: 1, after: 'x' } })).rejects.toMatchObject({
      code: 'invalid-cursor',
    });
    expect(await explain({ dataset: 'future', page: { limit: 1 } })).toMatchObject({
      estimatedRows: null,
      wouldRefuse: { code: 'unavailable', details: { retryAfter: 60 } },
    });
  });

  it('says nothing of a column that does not exist for the caller, and is recorded', async () => {
    service.usePolicy({ ...POLICY, classes: { pii: { viewer: 'deny', exporter: 'mask', admin: 'clear' } } });
    const { message } = (await explain(body).catch((error: unknown) => error)) as Error;
    expect(message).toContain('There is no column "name"');
    service.audit.records.length = 0;
    const explained = await explain({ dataset: 'customers', page: { limit: 1 } });
    expect(JSON.stringify(explained)).not.toMatch(/"name":"name"|pii/);
    expect(service.audit.records).toMatchObject([
      { action: 'query.explain', dataset: 'customers', status: 200, rows: null },
    ]);
  });
});

describe('the datasets', () => {
  const describeAs = (name: string, options: RunOptions = {}) =>
    service.bus.request(datasetsDescribe, { principal: principalOf(options), name });

  it('are listed with the default', async () => {
    expect(await service.bus.request(datasetsList, { principal: principalOf({}) })).toEqual([
      { name: 'orders', description: '', default: true },
      { name: 'customers', description: '', default: false },
      { name: 'future', description: '', default: false },
    ]);
  });

  it('are described as the caller sees them', async () => {
    const described = await describeAs('customers');
    expect(described).toMatchObject({ key: ['customer_id', 'tenant_id'], default: false, largeTable: null });
    expect(described.columns.at(-1)).toEqual({
      name: 'name',
      type: 'text',
      masked: true,
      treatment: 'mask',
      description: '',
    });
    service.usePolicy({ ...POLICY, classes: { pii: { viewer: 'deny', exporter: 'mask', admin: 'clear' } } });
    expect((await describeAs('customers')).columns.map(({ name }) => name)).toEqual([
      'customer_id',
      'tenant_id',
    ]);
    expect((await describeAs('orders')).relations).toEqual([
      { name: 'customer', dataset: 'customers', columns: ['customer_id', 'tenant_id'] },
    ]);
  });
});
