import { buildCatalog } from '@sluice/catalog';
import { Principal, Role, SluiceError } from '@sluice/contracts';
import { compilePage, duckDbDialect } from '@sluice/query-dsl';
import { planQuery } from './plan-query.js';
import { Policy } from './policy.js';

const catalog = buildCatalog([
  {
    file: 'orders.yaml',
    content: {
      name: 'orders',
      default: true,
      tenant: 'tenant_id',
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        amount: { type: 'integer' },
        tenant_id: { type: 'text' },
        customer_id: { type: 'integer' },
        card: { type: 'text', class: 'secret' },
      },
      relations: { customer: { dataset: 'customers', columns: ['customer_id'] } },
    },
  },
  {
    file: 'customers.yaml',
    content: {
      name: 'customers',
      tenant: 'owner',
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        name: { type: 'text', class: 'pii' },
        born: { type: 'date', class: 'pii' },
        owner: { type: 'text' },
      },
    },
  },
]);

const policy = Policy.build(
  {
    version: 1,
    classes: {
      pii: { viewer: 'mask', exporter: 'mask', admin: 'clear' },
      secret: { viewer: 'deny', exporter: 'deny', admin: 'deny' },
    },
  },
  catalog,
);

const principal = (role: Role, tenants: Principal['tenants'] = ['CA']): Principal => ({
  subject: 's',
  clientId: 'c',
  tenants,
  roles: [role],
});

const plan = (body: object, caller = principal('viewer'), purpose: 'page' | 'export' = 'page') =>
  planQuery(
    {
      body: purpose === 'page' ? { page: { limit: 5 }, ...body } : body,
      principal: caller,
      purpose,
      now: 0n,
    },
    { catalog, policy },
  );

function refused(body: object, caller = principal('viewer')): Pick<SluiceError, 'code' | 'details'> {
  try {
    plan(body, caller);
  } catch (error) {
    if (error instanceof SluiceError) return { code: error.code, details: error.details };
    throw error;
  }
  throw new Error('the query was planned');
}

describe('planQuery', () => {
  it('puts the tenant predicate on every scan of a fact, for each of its tenants', () => {
    const { sql, parameters } = compilePage(
      plan({ select: ['amount', 'customer.id as c'] }, principal('viewer', ['TX', 'CA'])),
      null,
      duckDbDialect,
    );
    expect(sql.match(/where \(\("tenant_id" = \$\d\) or \("tenant_id" = \$\d\)\)/g)).toHaveLength(1);
    expect(sql.match(/where \(\("owner" = \$\d\) or \("owner" = \$\d\)\)/g)).toHaveLength(1);
    expect(parameters.slice(0, 4).map(({ value }) => value)).toEqual(['CA', 'TX', 'CA', 'TX']);
  });

  /** A masked column may be selected as it is; every other use could tell something about its values (SPEC P5). */
  it.each([
    ['an expression', { select: ['upper(customer.name) as n'] }, '/select/0'],
    ['a comparison', { select: ["customer.name = 'Ann' as n"] }, '/select/0'],
    ['a null test', { select: ['customer.name is null as n'] }, '/select/0'],
    ['a case', { select: ["case when customer.name like 'A%' then 1 end as n"] }, '/select/0'],
    ['a filter', { filter: { column: 'customer.name', op: 'startsWith', value: 'A' } }, '/filter/column'],
    ['a null filter', { filter: { not: { column: 'customer.born', op: 'isNull' } } }, '/filter/not/column'],
    [
      'an in filter',
      { filter: { or: [{ column: 'customer.name', op: 'in', value: ['A'] }] } },
      '/filter/or/0/column',
    ],
    ['a sort', { select: ['amount'], sort: ['customer.born desc'] }, '/sort/0'],
    ['a sort by a selected one', { select: ['customer.name as n'], sort: ['n'] }, '/sort/0'],
    ['a group', { select: ['customer.name', 'count(*) as n'] }, '/select/0'],
    ['distinct', { select: ['customer.name'], distinct: true }, '/select/0'],
    ['an aggregate', { select: ['min(customer.born) as n'] }, '/select/0'],
    ['a count', { select: ['count(customer.name) as n'] }, '/select/0'],
    [
      'a having',
      { select: ['count(*) as n'], having: { column: 'max(customer.name)', op: 'gt', value: 'A' } },
      '/having/column',
    ],
  ])('refuses a masked column in %s', (_, body, pointer) => {
    expect(refused(body)).toEqual({ code: 'column-masked', details: expect.objectContaining({ pointer }) });
    expect(() => plan(body, principal('admin'))).not.toThrow();
  });

  it('lets a masked column be selected, also by relation', () => {
    const { sql } = compilePage(
      plan({ select: ['customer.name', 'customer.born as b'] }),
      null,
      duckDbDialect,
    );
    expect(sql).toContain(`'***' as v1`);
    expect(sql).not.toContain('"name"');
    expect(sql).not.toContain('"born"');
  });

  it('knows no denied column, not even by its near names', () => {
    const denied = refused({ select: ['card'] }, principal('admin'));
    const unknown = refused({ select: ['carx'] }, principal('admin'));
    expect(denied.code).toBe('unknown-column');
    expect(unknown).toEqual(denied);
    expect(plan({}, principal('admin')).items.map(({ name }) => name)).not.toContain('card');
  });

  it.each([
    [{ filter: { column: 'tenant_id', op: 'eq', value: 'TX' } }, '/filter/column'],
    [{ filter: { not: { column: 'tenant_id', op: 'in', value: ['CA', 'TX'] } } }, '/filter/not/column'],
    [{ filter: { column: 'customer.owner', op: 'ne', value: 'TX' } }, '/filter/column'],
    [{ filter: { column: 'tenant_id', op: 'startsWith', value: 'T' } }, '/filter/column'],
    [{ filter: { column: 'lower(tenant_id)', op: 'eq', value: 'tx' } }, '/filter/column'],
    [{ filter: { column: 'tenant_id', op: 'between', value: ['CA', 'TX'] } }, '/filter/column'],
    [{ select: ["case when 'TX' = tenant_id then 1 end as x"] }, '/select/0'],
  ])('refuses %j, which names another tenant', (body, pointer) => {
    expect(refused(body)).toEqual({
      code: 'tenant-forbidden',
      details: expect.objectContaining({ pointer }),
    });
  });

  it('takes the own tenant in a condition', () => {
    expect(() => plan({ filter: { column: 'tenant_id', op: 'in', value: ['CA'] } })).not.toThrow();
    const both = principal('viewer', ['CA', 'TX']);
    expect(() =>
      plan({ filter: { column: 'tenant_id', op: 'in', value: ['CA', 'TX'] } }, both),
    ).not.toThrow();
  });

  it('lets only an exporter export', () => {
    expect(() => plan({}, principal('viewer'), 'export')).toThrow('needs the role exporter');
    expect(() => plan({}, principal('exporter'), 'export')).not.toThrow();
    expect(() => plan({}, { ...principal('viewer'), roles: [] })).toThrow('needs the role viewer');
    expect(refused({}, { ...principal('viewer'), roles: [] }).code).toBe('role-required');
  });
});
