import { buildCatalog } from '@sluice/catalog';
import { PageForm, Principal, Role } from '@sluice/contracts';
import { planQuery, Policy } from '@sluice/policy';
import fc from 'fast-check';
import { identify, PlanIdentity } from './plan-identity.js';

const dataset = {
  name: 'sales',
  tenant: 'tenant_id',
  default: true,
  key: ['id'],
  columns: {
    id: { type: 'integer' },
    tenant_id: { type: 'text' },
    at: { type: 'timestamp' },
    email: { type: 'text', class: 'pii' },
  },
};
const catalogs = ['', 'another'].map((description) =>
  buildCatalog([{ file: 'sales.yaml', content: { ...dataset, description } }]),
);
const treatments = ['clear', 'mask', 'partial', 'null'] as const;

/** All that an answer may depend on. */
const setting = fc.record({
  tenants: fc.constantFrom<readonly [string, ...string[]]>(['CA'], ['TX'], ['CA', 'TX']),
  role: fc.constantFrom<Role>('viewer', 'exporter', 'admin'),
  treatment: fc.constantFrom(...treatments),
  /** A change of the rules that this caller does not see. */
  otherRule: fc.constantFrom(...treatments),
  catalog: fc.constantFrom(0, 1),
  dataVersion: fc.constantFrom('d1', 'd2'),
  form: fc.constantFrom<PageForm>('json', 'csv', 'ndjson'),
  timezone: fc.constantFrom('UTC', 'Europe/Berlin'),
  rows: fc.constantFrom('object', 'array'),
  numbers: fc.constantFrom('json', 'string'),
  count: fc.constantFrom('exact', 'estimated', 'none'),
  value: fc.constantFrom(1, 2),
  limit: fc.constantFrom(10, 20),
  offset: fc.constantFrom(0, 5),
});
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

function identityOf(set: Setting, body: object = {}, nowMs = 0): PlanIdentity {
  const { tenants, role, treatment, otherRule, timezone, rows, numbers, count, value, limit, offset } = set;
  const catalog = catalogs[set.catalog] as (typeof catalogs)[0];
  const all = { viewer: otherRule, exporter: otherRule, admin: otherRule };
  const policy = Policy.build({ version: 1, classes: { pii: { ...all, [role]: treatment } } }, catalog);
  const principal: Principal = { subject: 's', clientId: 'c', tenants, roles: [role] };
  const asked = {
    select: ['id', 'at', 'email'],
    filter: { column: 'id', op: 'gt', value },
    page: { limit, offset },
    ...{ timezone, rows, numbers, count },
    ...body,
  };
  const governance = { catalog, policy };
  const query = planQuery({ body: asked, principal, purpose: 'page', now: 0n }, governance);
  const { dataVersion, form } = set;
  return identify(query, { principal, governance, dataVersion, form, secret: Buffer.alloc(32), nowMs });
}

/** Part of what the page's bytes depend on, and of what the number of rows depends on. */
const NOT_OF_PAGE = ['count'];
const NOT_OF_TOTAL = ['form', 'timezone', 'rows', 'numbers', 'count', 'limit', 'offset'];

/** The setting without some of its parts, in a form to compare by. */
const without = (set: Setting, names: readonly string[]): string =>
  JSON.stringify(Object.entries(set).filter(([name]) => !names.includes(name)));

describe('identify', () => {
  it('tells apart whatever differs, and nothing else', () => {
    fc.assert(
      fc.property(setting, setting, (one, other) => {
        const [a, b] = [identityOf(one), identityOf(other)];
        expect(a.pageKey === b.pageKey).toBe(without(one, NOT_OF_PAGE) === without(other, NOT_OF_PAGE));
        expect(a.totalKey === b.totalKey).toBe(without(one, NOT_OF_TOTAL) === without(other, NOT_OF_TOTAL));
        expect(a.etag === b.etag).toBe(without(one, []) === without(other, []));
      }),
      { numRuns: 500 },
    );
  });

  it('tells two settings apart that differ in one part only', () => {
    fc.assert(
      fc.property(
        setting,
        setting,
        fc.constantFrom(...(Object.keys(fc.sample(setting, 1)[0] ?? {}) as (keyof Setting)[])),
        (one, other, part) => {
          const near = { ...one, [part]: other[part] };
          const same = JSON.stringify(near[part]) === JSON.stringify(one[part]);
          expect(identityOf(near).etag === identityOf(one).etag).toBe(same);
          const pageSame = same || NOT_OF_PAGE.includes(part);
          expect(identityOf(near).pageKey === identityOf(one).pageKey).toBe(pageSame);
        },
      ),
      { numRuns: 500 },
    );
  });

  const base = fc.sample(setting, { numRuns: 1, seed: 3 })[0] as Setting;
  const totalOf = (body: object): string => identityOf(base, body).totalKey;

  it('shares a total between pages, orders and selections', () => {
    const total = totalOf({});
    expect(totalOf({ page: { limit: 1 } })).toBe(total);
    expect(totalOf({ sort: ['at desc'], select: ['email'] })).toBe(total);
    expect(totalOf({ filter: { column: 'id', op: 'gte', value: 9 } })).not.toBe(total);
    expect(totalOf({ select: ['at'], distinct: true })).not.toBe(total);
  });

  it('shares a total of groups between orders of the keys and other aggregates', () => {
    const total = totalOf({ select: ['at', 'id', 'count(*) as n'] });
    expect(totalOf({ select: ['id', 'max(at) as m', 'at'], sort: ['m'] })).toBe(total);
    expect(totalOf({ select: ['id', 'count(*) as n'] })).not.toBe(total);
    const having = { column: 'n', op: 'gt', value: 1 };
    expect(totalOf({ select: ['at', 'id', 'count(*) as n'], having })).not.toBe(total);
  });

  it('tags anew twice a day, and binds a cursor to query, view and tenants alone', () => {
    const half = 12 * 3_600_000;
    expect(identityOf(base, {}, half - 1).etag).toBe(identityOf(base).etag);
    expect(identityOf(base, {}, half).etag).not.toBe(identityOf(base).etag);
    const binding = (set: Partial<Setting>, body = {}) => identityOf({ ...base, ...set }, body).cursorBinding;
    for (const free of [
      { dataVersion: 'd1' },
      { dataVersion: 'd2' },
      { form: 'csv' },
      { limit: 20 },
    ] as const) {
      expect(binding(free)).toBe(binding({}));
    }
    expect(new Set([binding({ tenants: ['CA'] }), binding({ tenants: ['TX'] })]).size).toBe(2);
    expect(new Set(treatments.map((treatment) => binding({ treatment }))).size).toBe(treatments.length);
    expect(binding({}, { sort: ['at'] })).not.toBe(binding({}));
  });
});
