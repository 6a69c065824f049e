import { buildCatalog } from '@sluice/catalog';
import { Principal, Role, SluiceError } from '@sluice/contracts';
import { compilePage, duckDbDialect, viewHash } from '@sluice/query-dsl';
import { planQuery } from './plan-query.js';
import { Policy, PolicyError } from './policy.js';

const catalog = buildCatalog([
  {
    file: 'flights.yaml',
    content: {
      name: 'flights',
      default: true,
      tenant: 'tenant_id',
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        region: { type: 'text', class: 'pii' },
        fare: { type: 'decimal(8,2)' },
        late: { type: 'boolean' },
        day: { type: 'date' },
        at: { type: 'timestamp' },
        ratio: { type: 'double' },
        tenant_id: { type: 'text' },
      },
      relations: { next: { dataset: 'flights', columns: ['id'] } },
    },
  },
]);
const classes = { pii: { viewer: 'mask', exporter: 'mask', admin: 'clear' } };
const policyOf = (viewer: unknown, exporter: unknown = 'all', admin: unknown = 'all'): Policy =>
  Policy.build({ version: 1, classes, rows: { flights: { viewer, exporter, admin } } }, catalog);

const principal = (claims: Principal['claims'] = {}, roles: readonly Role[] = ['viewer']): Principal => ({
  subject: 'ann',
  clientId: 'app',
  tenants: ['CA', 'TX'],
  roles,
  claims,
});

/** The predicates of the first scan as SQL, and the values that belong to them. */
function rowsOf(
  policy: Policy,
  caller: Principal,
  select = 'id',
): { readonly sql: string; readonly values: readonly unknown[] } {
  const plan = planQuery(
    { body: { select: [select], page: { limit: 1 } }, principal: caller, purpose: 'page', now: 0n },
    { catalog, policy },
  );
  const { sql, parameters } = compilePage(plan, null, duckDbDialect);
  const [, where = ''] = /"rows" where (.*?)\) s0/.exec(sql) ?? [];
  const [, own = ''] = /^\(\("tenant_id" = \$1\) or \("tenant_id" = \$2\)\)(?: and (.*))?$/.exec(where) ?? [];
  const used = [...own.matchAll(/\$(\d+)/g)].map(([, position]) => parameters[Number(position) - 1]?.value);
  return { sql: own, values: used };
}

function refusalOf(action: () => unknown): SluiceError {
  try {
    action();
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('row filters of the policy (P4)', () => {
  it('stand beside the tenant in the innermost select, values bound by the type of the column', () => {
    const filter = {
      or: [
        { column: 'region', op: 'in', value: '${regions}' },
        { column: 'fare', op: 'lt', value: '${fare}' },
        { not: { column: 'late', op: 'eq', value: '${late}' } },
        { column: 'at', op: 'between', value: ['2024-01-01T00:00:00Z', '${until}'] },
      ],
    };
    const claims = { regions: ['West', 'East'], fare: '9.50', late: 'true', until: '2024-02-01T00:00:00Z' };
    expect(rowsOf(policyOf(filter), principal(claims))).toEqual({
      sql: '(("region" = any($3)) or ("fare" < $4) or (not ("late" = $5)) or (("at" >= $6) and ("at" <= $7)))',
      values: [
        ['West', 'East'],
        '9.50',
        true,
        expect.stringMatching('^2024-01-01'),
        expect.stringMatching('^2024-02-01'),
      ],
    });
  });

  it('reach tables that only a relation brings in', () => {
    const policy = policyOf({ column: 'region', op: 'eq', value: 'West' });
    const body = { select: ['next.id as n'], page: { limit: 1 } };
    const plan = planQuery({ body, principal: principal(), purpose: 'page', now: 0n }, { catalog, policy });
    expect(compilePage(plan, null, duckDbDialect).sql.match(/"region" = \$\d/g)).toHaveLength(2);
  });

  it.each(['subject', 'client', 'tenant'])(
    'know ${%s} of every principal, whatever a token claims',
    (name) => {
      const policy = policyOf({ column: 'region', op: 'in', value: `\${${name}}` });
      const own = { subject: ['ann'], client: ['app'], tenant: ['CA', 'TX'] }[name];
      expect(rowsOf(policy, principal({ [name]: 'forged' })).values).toEqual([own]);
    },
  );

  it('give what any of the roles sees', () => {
    const of = (region: string): object => ({ column: 'region', op: 'eq', value: region });
    const policy = policyOf(of('West'), of('East'), 'all');
    expect(rowsOf(policy, principal({}, ['viewer', 'exporter']))).toEqual({
      sql: '(("region" = $3) or ("region" = $4))',
      values: ['West', 'East'],
    });
    expect(rowsOf(policy, principal({}, ['viewer', 'admin'])).sql).toBe('');
    expect(rowsOf(policyOf('none', of('East')), principal({}, ['viewer', 'exporter'])).values).toEqual([
      'East',
    ]);
    expect(rowsOf(policyOf('none'), principal())).toEqual({ sql: '$3', values: [false] });
  });

  it('refuse, and name the claim, when it is missing or does not fit; never its value', () => {
    const policy = policyOf({
      and: [
        { column: 'fare', op: 'eq', value: '${fare}' },
        { column: 'region', op: 'eq', value: '${region}' },
      ],
    });
    for (const [claims, named] of [
      [{ region: 'West' }, 'fare'],
      [{ region: 'West', fare: 'x-values' }, 'fare'],
      [{ region: 'West', fare: ['1', '2'] }, 'fare'],
      [{ fare: '1', region: [] }, 'region'],
    ] as const) {
      const { code, message, details } = refusalOf(() => rowsOf(policy, principal(claims)));
      expect({ code, details }).toEqual({ code: 'claim-required', details: {} });
      expect(message).toContain(`the claim "${named}"`);
      expect(message).not.toContain('x-values');
    }
    expect(() => rowsOf(policy, principal({ fare: '1', region: 'West' }))).not.toThrow();
  });

  it('never take a claim from the prototype', () => {
    const policy = policyOf({ column: 'region', op: 'in', value: '${constructor}' });
    expect(refusalOf(() => rowsOf(policy, principal())).code).toBe('claim-required');
    expect(refusalOf(() => rowsOf(policy, { ...principal(), claims: undefined } as never)).code).toBe(
      'claim-required',
    );
  });

  it('let a role whose claim is missing see nothing, and another of the roles what it sees', () => {
    const policy = policyOf(
      { column: 'region', op: 'in', value: '${regions}' },
      { column: 'late', op: 'eq', value: true },
    );
    expect(rowsOf(policy, principal({}, ['viewer', 'exporter']))).toEqual({
      sql: '("late" = $3)',
      values: [true],
    });
  });

  it('hold for no row when a list is empty', () => {
    const policy = policyOf({ column: 'region', op: 'in', value: '${regions}' });
    expect(rowsOf(policy, principal({ regions: [] })).sql).toBe(
      '("region" is null and cast(null as boolean))',
    );
  });

  it('tell two views apart by what the claims say', () => {
    const policy = policyOf({ column: 'region', op: 'in', value: '${regions}' });
    const view = (regions: readonly string[]): string => {
      const body = { select: ['id'], page: { limit: 1 } };
      const caller = principal({ regions });
      return viewHash(
        planQuery({ body, principal: caller, purpose: 'page', now: 0n }, { catalog, policy }),
        'v',
      );
    };
    expect(view(['West'])).toBe(view(['West']));
    expect(view(['West'])).not.toBe(view(['East']));
  });

  it.each([
    [{ column: 'regoin', op: 'eq', value: 'x' }, 'rows.flights.viewer.column: There is no column "regoin"'],
    [
      { column: 'fare', op: 'eq', value: 'x' },
      'rows.flights.viewer.value: The value must be of type decimal',
    ],
    [{ column: 'fare', op: 'like', value: '${x}' }, 'rows.flights.viewer.value: This works on text'],
    [
      { column: 'next.region', op: 'eq', value: 'x' },
      'rows.flights.viewer: A condition on rows cannot follow',
    ],
    [
      { column: 'max(fare)', op: 'eq', value: 1 },
      'rows.flights.viewer: A condition on rows cannot hold an agg',
    ],
    [{ column: 'region', op: 'is', value: 'x' }, 'rows.flights.viewer.op: There is no operator "is"'],
    [
      { and: [{ column: 'region', op: 'in', value: [] }] },
      'rows.flights.viewer.and.0.value: "in" needs at least',
    ],
    [
      { column: 'region', op: 'eq', value: 'x-${region}' },
      'rows.flights.viewer.value: A claim stands as the whole',
    ],
    [
      { column: "concat(region, '${x}')", op: 'eq', value: 'x' },
      'rows.flights.viewer.column: A claim stands',
    ],
    [{}, 'rows.flights.viewer: A filter node holds exactly one'],
  ])('refuse %j, naming file and place', (filter, problem) => {
    const build = (): Policy =>
      Policy.build(
        { version: 1, classes, rows: { flights: { viewer: filter, exporter: 'all', admin: 'all' } } },
        catalog,
        '/etc/sluice/policy.yaml',
      );
    expect(build).toThrow(PolicyError);
    expect(build).toThrow(`/etc/sluice/policy.yaml: ${problem}`);
  });

  it.each([
    [{ flights: { viewer: 'all', exporter: 'all' } }, 'rows.flights.admin'],
    [{ flights: { viewer: 'some', exporter: 'all', admin: 'all' } }, 'must be "all", "none" or a filter'],
    [{ fligths: { viewer: 'all', exporter: 'all', admin: 'all' } }, 'rows.fligths: there is no dataset'],
  ])('refuse %j: every role is named where a dataset is', (rows, problem) => {
    expect(() => Policy.build({ version: 1, classes, rows }, catalog)).toThrow(problem);
  });
});
