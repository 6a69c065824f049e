import { buildCatalog } from '@sluice/catalog';
import { Principal, SluiceError } from '@sluice/contracts';
import { GovernedQuery } from '@sluice/query-dsl';
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
        city: { type: 'text' },
        open: { type: 'boolean' },
        tenant_id: { type: 'text' },
        card: { type: 'text', class: 'secret' },
        mail: { type: 'text', class: 'pii' },
        place_id: { type: 'integer' },
      },
      relations: { place: { dataset: 'places', columns: ['place_id'] } },
    },
  },
  {
    file: 'places.yaml',
    content: {
      name: 'places',
      shared: true,
      key: ['id'],
      columns: { id: { type: 'integer' }, tenant_id: { type: 'text' } },
    },
  },
]);

const policy = Policy.build(
  {
    version: 1,
    classes: {
      pii: { viewer: 'mask', exporter: 'partial', admin: 'clear' },
      secret: { viewer: 'deny', exporter: 'deny', admin: 'deny' },
    },
  },
  catalog,
);

function plan(body: object, tenants: Principal['tenants'] = ['CA']): GovernedQuery {
  const principal: Principal = { subject: 's', clientId: 'c', tenants, roles: ['viewer'] };
  return planQuery(
    { body: { page: { limit: 5 }, ...body }, principal, purpose: 'page', now: 0n },
    { catalog, policy },
  );
}

function codeOf(body: object): string {
  try {
    plan(body);
  } catch (error) {
    if (error instanceof SluiceError) return error.code;
    throw error;
  }
  return 'planned';
}

const tenant = { kind: 'column', scan: 0, name: 'tenant_id', type: { kind: 'text' }, pointer: '' };
const isTenant = (value: string) => ({
  kind: 'operation',
  name: 'eq',
  args: [tenant, { kind: 'literal', type: { kind: 'text' }, value }],
  type: { kind: 'boolean' },
});

describe('what policy puts on a scan', () => {
  it('is one comparison for one tenant, and one for each of several, in whatever order they come', () => {
    const predicates = (...tenants: Principal['tenants']) => plan({}, tenants).scans[0].predicates;
    expect(predicates('CA')).toEqual([isTenant('CA')]);
    expect(predicates('CA', 'CA')).toEqual([isTenant('CA')]);
    expect(predicates('TX', 'CA')).toEqual(predicates('CA', 'TX'));
    expect(predicates('TX', 'CA')).toMatchObject([{ name: 'or', args: [isTenant('CA'), isTenant('TX')] }]);
  });

  it('is no tenant where a dataset is shared, though a column may be called like one', () => {
    const [, places] = plan({ select: ['place.tenant_id as t'] }).scans;
    expect(places).toMatchObject({ dataset: { name: 'places' }, via: { scan: 0 }, predicates: [] });
    expect(codeOf({ filter: { column: 'place.tenant_id', op: 'eq', value: 'TX' } })).toBe('planned');
  });

  it('treats every column that exists for the caller, and no other', () => {
    expect(Object.fromEntries(plan({}).scans[0].treatments)).toEqual({
      id: 'clear',
      city: 'clear',
      open: 'clear',
      tenant_id: 'clear',
      mail: 'mask',
      place_id: 'clear',
    });
  });
});

/** Only what compares with the tenant counts, so that no honest query is refused for its other texts. */
describe('a query that holds a text beside the tenant column', () => {
  it.each([
    "tenant_id = 'CA' and city = 'TX'",
    "tenant_id = 'CA' or city = 'TX'",
    "not (tenant_id = 'CA' and city = 'TX')",
    "(tenant_id = 'CA' and city = 'TX') is null",
    "coalesce(tenant_id = 'CA', city = 'TX')",
    "case when tenant_id = 'CA' then city = 'TX' else open end",
    "max(tenant_id = 'CA' and city = 'TX')",
    "concat(tenant_id, 'TX')",
    "city = 'TX'",
    "city in ('TX', 'NY')",
    'tenant_id = city',
    'length(tenant_id) > 1',
    'length(tenant_id) in (2, 3)',
    'tenant_id is not null',
  ])('is planned: %s', (expr) => {
    expect(codeOf({ select: [{ expr, as: 'x' }] })).toBe('planned');
  });

  it.each([
    "tenant_id = 'TX'",
    "tenant_id <> 'TX'",
    "'TX' = tenant_id",
    "tenant_id in ('CA', 'TX')",
    "tenant_id not in ('TX')",
    "tenant_id between 'CA' and 'TX'",
    "tenant_id like 'T%'",
    "upper(tenant_id) = 'TX'",
    "tenant_id = concat('T', 'X')",
    "starts_with(tenant_id, 'T')",
    "open and (city = 'x' or not tenant_id = 'TX')",
    "coalesce(tenant_id = 'TX', open)",
    "coalesce(tenant_id, 'x') = 'TX'",
    "case when open then tenant_id = 'TX' end",
    "case when tenant_id = 'TX' then 1 end",
    "max(tenant_id = 'TX')",
    "(tenant_id = 'TX') is null",
    "(case when open then tenant_id else city end) = 'TX'",
  ])('is refused when it is compared with another tenant: %s', (expr) => {
    expect(codeOf({ select: [{ expr, as: 'x' }] })).toBe('tenant-forbidden');
    expect(codeOf({ select: ['id', { expr, as: 'x' }], sort: ['x'] })).toBe('tenant-forbidden');
  });

  it('is refused in sort, filter and having alike', () => {
    const foreign = { column: 'tenant_id', op: 'eq', value: 'TX' };
    expect(codeOf({ select: ['id'], sort: ["case when tenant_id = 'TX' then 1 else 2 end"] })).toBe(
      'tenant-forbidden',
    );
    expect(codeOf({ filter: { or: [{ not: foreign }, { column: 'open', op: 'eq', value: true }] } })).toBe(
      'tenant-forbidden',
    );
    expect(codeOf({ select: ['tenant_id', 'count(*) as n'], having: foreign })).toBe('tenant-forbidden');
  });
});
