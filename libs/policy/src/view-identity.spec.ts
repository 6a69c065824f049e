import { buildCatalog } from '@sluice/catalog';
import { Principal, Role, SluiceError } from '@sluice/contracts';
import { compilePage, duckDbDialect, MaskKey, queryHash, viewHash } from '@sluice/query-dsl';
import fc from 'fast-check';
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
        region: { type: 'text' },
        name: { type: 'text', class: 'pii' },
        tenant_id: { type: 'text' },
      },
    },
  },
]);

const treatment = fc.constantFrom('clear', 'hash', 'partial', 'mask', 'null');
const rows = fc.constantFrom(
  'all',
  'none',
  { column: 'region', op: 'in', value: '${regions}' },
  { column: 'region', op: 'ne', value: 'West' },
);
const size = fc.constantFrom(1, 5);
const byRole = <T>(rule: fc.Arbitrary<T>) => fc.record({ viewer: rule, exporter: rule, admin: rule });
const view = fc.record({
  rules: fc.record({
    classes: fc.record({ pii: byRole(treatment) }),
    rows: fc.record({ orders: byRole(rows) }),
    smallestGroup: byRole(size),
  }),
  role: fc.constantFrom<Role>('viewer', 'exporter', 'admin'),
  tenants: fc.constantFrom<Principal['tenants']>(['CA'], ['TX'], ['CA', 'TX']),
  regions: fc.constantFrom(['West'], ['East'], ['West', 'East']),
  key: fc.constantFrom(1, 2),
  body: fc.constantFrom({ select: ['id', 'name'] }, { select: ['region', 'count(*) as n'] }),
});
type View = typeof view extends fc.Arbitrary<infer T> ? T : never;

/** What would run for a caller under some rules, and the name that it has in cache, ETag and cursor. */
function planned({ rules, role, tenants, regions, key, body }: View): { runs: string; name: string } | null {
  const policy = Policy.build({ version: 1, ...rules }, catalog);
  const principal = { subject: 's', clientId: 'c', tenants, roles: [role], claims: { regions } };
  const maskKey = new MaskKey(Buffer.alloc(32, key));
  try {
    const request = { body: { ...body, page: { limit: 5 } }, principal, purpose: 'page', now: 0n } as const;
    const plan = planQuery(request, { catalog, policy, maskKey });
    const { sql, parameters } = compilePage(plan, null, duckDbDialect);
    const values = JSON.stringify(parameters, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    return { runs: sql + values, name: queryHash(plan) + viewHash(plan, 'v') };
  } catch (error) {
    if (error instanceof SluiceError) return null;
    throw error;
  }
}

it('two callers share a name only when the very same runs for both (S8)', () => {
  let [same, different] = [0, 0];
  fc.assert(
    fc.property(view, view, fc.boolean(), (one, two, alike) => {
      // Often all but the caller or one rule is the same: where a forgotten part of the name would show.
      const [mine, theirs] = [planned(one), planned(alike ? { ...one, role: two.role, key: two.key } : two)];
      if (!mine || !theirs) return;
      if (mine.name === theirs.name) {
        expect(theirs.runs).toBe(mine.runs);
        same += 1;
      } else different += 1;
    }),
    { numRuns: 1_000, seed: 8 },
  );
  expect(same).toBeGreaterThan(20);
  expect(different).toBeGreaterThan(200);
});
