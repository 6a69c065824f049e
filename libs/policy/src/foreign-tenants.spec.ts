import { buildCatalog } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import { planQuery } from './plan-query.js';
import { Policy } from './policy.js';

const dataset = (name: string, tenant: string, relations: object): object => ({
  name,
  default: name === 'orders',
  tenant,
  key: name === 'orders' ? ['id', tenant] : ['id'],
  columns: {
    id: { type: 'integer' },
    at: { type: 'timestamp' },
    region: { type: 'text' },
    [tenant]: { type: 'text' },
  },
  relations,
});
const catalog = buildCatalog([
  {
    file: 'orders',
    content: dataset('orders', 'tenant_id', { buyer: { dataset: 'buyers', columns: ['id'] } }),
  },
  { file: 'buyers', content: dataset('buyers', 'owner', {}) },
]);
const policy = Policy.build({ version: 1 }, catalog);

function outcome(body: object, tenants: readonly [string, ...string[]] = ['CA']): string {
  const principal = { subject: 's', clientId: 'c', tenants, roles: ['viewer'] } as const;
  try {
    planQuery(
      { body: { page: { limit: 1 }, ...body }, principal, purpose: 'page', now: 0n },
      { catalog, policy },
    );
    return 'ok';
  } catch (error) {
    if (error instanceof SluiceError) return `${error.code} ${error.details.pointer ?? ''}`;
    throw error;
  }
}

const filter = (op: string, value: unknown) => (column: string) => ({ filter: { column, op, value } });
const selected = (template: string) => (column: string) => ({
  select: [{ expr: template.replaceAll('#', column), as: 'x' }],
});

type Position = readonly [label: string, body: (column: string) => object, pointer: string];

const NAMING: readonly Position[] = [
  ...(
    ['eq', 'ne', 'lt', 'gte', 'startsWith', 'endsWith', 'contains', 'like', 'notLike', 'ilike'] as const
  ).map((op): Position => [op, filter(op, 'TX'), '/filter/column']),
  ['in', filter('in', ['CA', 'TX']), '/filter/column'],
  ['notIn', filter('notIn', ['TX']), '/filter/column'],
  ['between', filter('between', ['CA', 'TX']), '/filter/column'],
  ['notBetween', filter('notBetween', ['A', 'Z']), '/filter/column'],
  ['a pattern', filter('like', '%'), '/filter/column'],
  [
    'deep',
    (c) => ({ filter: { and: [{ not: { or: [filter('eq', 'TX')(c).filter] } }] } }),
    '/filter/and/0/not/or/0/column',
  ],
  ['an expression of it', (c) => filter('eq', 'tx')(`lower(${c})`), '/filter/column'],
  ...[
    "# = 'TX'",
    "'TX' = #",
    "not (# <> 'TX')",
    "# in ('CA', 'TX')",
    "# not in ('TX')",
    "# between 'TX' and 'TY'",
    "# like 'T%'",
    "case when # = 'TX' then 1 end",
    "count(case when # = 'TX' then 1 end)",
    "sum(case when upper(#) in ('TX') then 1 else 0 end)",
    "max(#) = 'TX'",
    "concat(#, '-') = 'TX-'",
    "coalesce(#, 'x') = 'TX'",
    "coalesce(# = 'TX', false)",
    "nullif(#, 'TX')",
    "nullif(#, 'TX') is null",
    "starts_with(#, 'T')",
    "contains(#, 'X')",
    "substring(#, 1, 1) = 'T'",
    "trim(#) = region and # = 'TX'",
    "case when date_part('day', at) = 1 then # end = 'TX'",
    "case when date_part('day', at) = 1 then 'TX' else # end = 'CA'",
    "case when # = 'TX' then region end = 'CA'",
    "case when # = 'CA' then # = 'TX' end",
    "date_part('day', case when # = 'TX' then at end) = 1",
    "# = case when region = 'CA' then 'TX' end",
    "replace(#, 'TX', 'CA') = 'CA'",
    "# > concat('T', 'X')",
    "last(#) = 'TX'",
    "first(region, #) = 'CA' or max(#) = 'TX'",
    "(region = 'CA') = (# = 'TX')",
  ].map((template): Position => [template, selected(template), '/select/0/expr']),
  ['sort', (c) => ({ select: ['id'], sort: [`${c} = 'TX'`] }), '/sort/0'],
  [
    'having',
    (c) => ({ select: [c, 'count(*) as n'], having: { column: c, op: 'eq', value: 'TX' } }),
    '/having/column',
  ],
  [
    'having by an alias',
    (c) => ({ select: [`${c} as t`, 'count(*) as n'], having: { column: 't', op: 'in', value: ['TX'] } }),
    '/having/column',
  ],
  [
    'having of an aggregate',
    (c) => ({ select: ['count(*) as n'], having: { column: `min(${c})`, op: 'eq', value: 'TX' } }),
    '/having/column',
  ],
];

/** The tenant column of the dataset, and that of another fact, along a relation. */
describe.each(['tenant_id', 'buyer.owner'])('another tenant in a condition on %s (S23)', (column) => {
  it.each(NAMING)('is refused with its place: %s', (_, body, pointer) => {
    expect(outcome(body(column))).toBe(`tenant-forbidden ${pointer}`);
  });

  it.each<[label: string, body: object, tenants?: readonly [string, ...string[]]]>([
    ['a filter', filter('in', ['CA'])(column)],
    ['one of the own', filter('eq', 'TX')(column), ['CA', 'TX']],
    ['a group', { select: [column, 'count(*) as n'] }],
    ['a sort', { select: ['id'], sort: [column] }],
    ['a null test', { filter: { column, op: 'isNotNull' } }],
    ...[
      "case when date_part('day', at) = 1 then # end = 'CA'",
      "case when region = 'TX' then # end = 'CA'",
      "case when region like 'T%' and # = 'CA' then 1 end = 1",
      "(region = 'TX') = (# = 'CA')",
      "case when # = 'CA' then region end = 'TX'",
      "case when # = 'CA' then region = 'TX' else # is null end",
      "date_trunc('month', case when # = 'CA' then at end) = '2024-01-01'",
      "date_diff('hour', at, cast(# as timestamp)) = 1",
      "cast(# as date) in ('2024-01-01')",
      "cast(cast(# as timestamp) as text) = 'CA'",
      'length(#) = 2',
      "first(region) = 'TX'",
      "first(region, #) = 'TX'",
      "greatest(# = 'CA', region = 'TX')",
      "nullif(# = 'CA', region = 'TX')",
    ].map((template) => [template, selected(template)(column)] as [string, object]),
    ['another column of that text', { filter: { column: 'region', op: 'eq', value: 'TX' } }],
  ])('is not meant by %s', (_, body, tenants = ['CA']) => {
    expect(outcome(body, tenants)).toBe('ok');
  });
});

describe('a fact without a tenant column (P3)', () => {
  it('is refused by the catalogue, unless it says that all may read it', () => {
    const { tenant: _, ...rest } = dataset('orders', 'tenant_id', {}) as { tenant: string };
    expect(() => buildCatalog([{ file: 'orders.yaml', content: rest }])).toThrow(
      'orders.yaml: tenant: is missing',
    );
    expect(() => buildCatalog([{ file: 'orders.yaml', content: { ...rest, shared: true } }])).not.toThrow();
  });
});
