import { buildCatalog } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import { MaskKey } from '@sluice/query-dsl';
import { planQuery } from './plan-query.js';
import { Policy, PolicyTreatment } from './policy.js';

const columns = {
  id: { type: 'integer' },
  name: { type: 'text', class: 'pii' },
  born: { type: 'date', class: 'pii' },
  wage: { type: 'decimal(9,2)', class: 'pii' },
  region: { type: 'text' },
  tenant_id: { type: 'text' },
};
const catalog = buildCatalog([
  {
    file: 'people.yaml',
    content: {
      name: 'people',
      default: true,
      tenant: 'tenant_id',
      key: ['id'],
      columns,
      relations: { boss: { dataset: 'people', columns: ['id'] } },
    },
  },
]);
const maskKey = new MaskKey(Buffer.alloc(32, 1));

/** What becomes of a query when the classed columns are treated so: `ok`, or code and pointer. */
function outcome(treatment: PolicyTreatment, body: object): string {
  const rules = { viewer: treatment, exporter: treatment, admin: treatment };
  const policy = Policy.build({ version: 1, classes: { pii: rules } }, catalog);
  const principal = { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['viewer'] } as const;
  const request = { body: { page: { limit: 1 }, ...body }, principal, purpose: 'page', now: 0n } as const;
  try {
    planQuery(request, { catalog, policy, maskKey });
    return 'ok';
  } catch (error) {
    if (error instanceof SluiceError) return `${error.code} ${error.details.pointer ?? ''}`;
    throw error;
  }
}

const condition = (op: string, value?: unknown) => (column: string) => ({
  filter: { column, op, ...(value === undefined ? {} : { value }) },
});
const selected = (template: string) => (column: string) => ({
  select: [{ expr: template.replaceAll('#', column), as: 'x' }],
});

type Position = readonly [label: string, body: (column: string) => object, pointer: string];

/** What the hash of a value answers as well as the value would (S1). */
const BY_HASH: readonly Position[] = [
  ['eq', condition('eq', 'x'), '/filter/column'],
  ['ne', condition('ne', 'x'), '/filter/column'],
  ['in', condition('in', ['x']), '/filter/column'],
  ['notIn', condition('notIn', ['x', 'y']), '/filter/column'],
  ['isNull', condition('isNull'), '/filter/column'],
  ['isNotNull', condition('isNotNull'), '/filter/column'],
  ['= in select', selected("# = 'x'"), '/select/0/expr'],
  ['<> in select, mirrored', selected("'x' <> #"), '/select/0/expr'],
  ['in in select', selected("# in ('x')"), '/select/0/expr'],
  ['is null in select', selected('# is not null'), '/select/0/expr'],
  ['case by equality', selected("case when # = 'x' then 1 end"), '/select/0/expr'],
  ['sum of a case by equality', selected("sum(case when # = 'x' then 1 else 0 end)"), '/select/0/expr'],
  ['count', selected('count(#)'), '/select/0/expr'],
  ['count_distinct', selected('count_distinct(#)'), '/select/0/expr'],
  ['approx_count_distinct', selected('approx_count_distinct(#)'), '/select/0/expr'],
  ['sort', (c) => ({ select: ['region'], sort: [`${c} desc`] }), '/sort/0'],
  ['sort by an alias', (c) => ({ select: [`${c} as n`], sort: ['region', 'n'] }), '/sort/1'],
  ['sort by its own name', (c) => ({ select: [c], sort: [{ column: c }] }), '/sort/0/column'],
  ['group', (c) => ({ select: ['count(*) as n', c] }), '/select/1'],
  ['distinct', (c) => ({ select: ['region', c], distinct: true }), '/select/1'],
  [
    'having by an alias',
    (c) => ({ select: [`${c} as n`], having: { column: 'n', op: 'eq', value: 'x' } }),
    '/select/0',
  ],
  [
    'having of a count',
    (c) => ({ select: ['region'], having: { column: `count(${c})`, op: 'gt', value: 1 } }),
    '/having/column',
  ],
  [
    'deep in a filter',
    (c) => ({ filter: { not: { or: [condition('eq', 'x')(c).filter] } } }),
    '/filter/not/or/0/column',
  ],
];

/** What no mask answers. */
const NEVER: readonly Position[] = [
  ...(
    ['lt', 'lte', 'gt', 'gte', 'like', 'notLike', 'ilike', 'startsWith', 'endsWith', 'contains'] as const
  ).map((op): Position => [op, condition(op, 'x'), '/filter/column']),
  ['between', condition('between', ['a', 'b']), '/filter/column'],
  ['notBetween', condition('notBetween', ['a', 'b']), '/filter/column'],
  ...[
    "# < 'x'",
    "# like 'x%'",
    "# between 'a' and 'b'",
    '# = region',
    "# = lower('X')",
    '# = #',
    'upper(#)',
    'lower(#)',
    'trim(#)',
    'length(#)',
    "concat(#, '')",
    'substring(#, 1, 1)',
    "starts_with(#, 'x')",
    "contains(#, 'x')",
    "coalesce(#, 'x')",
    "nullif(#, 'x')",
    "greatest(#, 'x')",
    "least(#, 'x')",
    'case when true then # end',
    "case when region = 'x' then 'a' else # end",
    'min(#)',
    'max(#)',
    "count(coalesce(#, 'x'))",
    'count(case when length(#) > 3 then 1 end)',
    'upper(#) = region',
  ].map((template): Position => [template, selected(template), '/select/0/expr']),
  ['an expression of a column in the filter', (c) => condition('eq', 1)(`length(${c})`), '/filter/column'],
  ['sort by an expression', (c) => ({ select: ['region'], sort: [`upper(${c})`] }), '/sort/0'],
  [
    'having of an extreme',
    (c) => ({ select: ['count(*) as n'], having: { column: `max(${c})`, op: 'gt', value: 'A' } }),
    '/having/column',
  ],
];

describe.each(['name', 'boss.name'])('a use of %s (S1, S2)', (column) => {
  it.each([...BY_HASH, ...NEVER])(
    'by %s is refused where it is masked, with its place',
    (_, body, pointer) => {
      for (const treatment of ['mask', 'partial', 'null'] as const) {
        expect(outcome(treatment, body(column))).toBe(`column-masked ${pointer}`);
      }
      expect(outcome('deny', body(column))).toMatch(/^unknown-column /);
      expect(outcome('clear', body(column))).toBe('ok');
    },
  );

  it.each(BY_HASH)('by %s is answered by its hash', (_, body) => {
    expect(outcome('hash', body(column))).toBe('ok');
  });

  it.each(NEVER)('by %s is refused also where it is hashed', (_, body, pointer) => {
    expect(outcome('hash', body(column))).toBe(`column-masked ${pointer}`);
  });

  it.each(['mask', 'partial', 'null', 'hash', 'clear'] as const)('is allowed as it is: %s', (treatment) => {
    for (const select of [
      [column],
      [`${column} as n`],
      [`(${column}) as n`],
      [column, `${column} as twice`],
    ]) {
      expect(outcome(treatment, { select, sort: ['region'] })).toBe('ok');
    }
  });
});

describe('a masked column of another type (S1)', () => {
  it.each([
    ['wage + 1', 'wage'],
    ['-wage', 'wage'],
    ['abs(wage)', 'wage'],
    ['round(wage)', 'wage'],
    ['sum(wage)', 'wage'],
    ['avg(wage)', 'wage'],
    ['wage > 100', 'wage'],
    ["date_trunc('month', born)", 'born'],
    ["date_part('year', born)", 'born'],
    ["born < '2000-01-01'", 'born'],
    ['min(born)', 'born'],
  ])('is refused in %s', (expr) => {
    const body = { select: [{ expr, as: 'x' }] };
    expect(outcome('mask', body)).toBe('column-masked /select/0/expr');
    expect(outcome('clear', body)).toBe('ok');
    // Its hash is a text: what takes numbers or times is refused by its type already, the rest by policy.
    expect(outcome('hash', body)).toMatch(/^(column-masked|type-mismatch) \/select\/0\/expr$/);
  });

  it('is a text where it is hashed: compared with hashes, not with values', () => {
    expect(outcome('hash', condition('eq', 'ab12')('wage'))).toBe('ok');
    expect(outcome('hash', condition('eq', 100)('wage'))).toBe('type-mismatch /filter/value');
    expect(outcome('hash', condition('in', ['ab12'])('born'))).toBe('ok');
  });
});

describe('a column that is denied (S11)', () => {
  it.each([...BY_HASH, ...NEVER])('is like one that does not exist, by %s', (_, body) => {
    const of = (column: string): string => {
      try {
        const rules = { viewer: 'deny', exporter: 'deny', admin: 'deny' };
        const policy = Policy.build({ version: 1, classes: { pii: rules } }, catalog);
        const principal = { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['viewer'] } as const;
        planQuery(
          { body: { page: { limit: 1 }, ...body(column) }, principal, purpose: 'page', now: 0n },
          { catalog, policy },
        );
        return 'ok';
      } catch (error) {
        return JSON.stringify(SluiceError.from(error).toPayload());
      }
    };
    expect(of('name')).toBe(of('nami').replaceAll('nami', 'name'));
    expect(of('name')).toContain('unknown-column');
    expect(of('boss.name')).toBe(of('boss.nami').replaceAll('nami', 'name'));
    // A near miss of a denied name is not told of it either.
    expect(of('wag')).not.toContain('wage');
  });
});
