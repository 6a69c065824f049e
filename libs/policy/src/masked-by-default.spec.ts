import { buildCatalog } from '@sluice/catalog';
import { GovernedQuery, MaskKey } from '@sluice/query-dsl';
import { refuseMaskedUses } from './masked-uses.js';
import { planQuery } from './plan-query.js';
import { Policy, PolicyTreatment } from './policy.js';

const columns = { id: { type: 'integer' }, name: { type: 'text', class: 'pii' } };
const content = { name: 'people', default: true, shared: true, key: ['id'], columns };
const catalog = buildCatalog([{ file: 'people.yaml', content }]);
const maskKey = new MaskKey(Buffer.alloc(32, 1));

function plan(treatment: PolicyTreatment, expr: string): GovernedQuery {
  const rules = { viewer: treatment, exporter: treatment, admin: treatment };
  const policy = Policy.build({ version: 1, classes: { pii: rules } }, catalog);
  const principal = { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['viewer'] } as const;
  const body = { select: [{ expr, as: 'x' }], page: { limit: 1 } };
  return planQuery({ body, principal, purpose: 'page', now: 0n }, { catalog, policy, maskKey });
}

describe('a use of a column', () => {
  const clear = plan('clear', 'upper(name)');
  const asItIs = /"name" is masked for your role: it may only be selected as it is/;

  it('is refused where nobody has said how the column is treated', () => {
    expect(() => {
      refuseMaskedUses(clear);
    }).not.toThrow();
    const untold = [{ ...clear.scans[0], treatments: new Map() }] as const;
    for (const scans of [untold, [] as unknown as typeof untold])
      expect(() => {
        refuseMaskedUses({ ...clear, scans });
      }).toThrow(asItIs);
  });

  it('is refused with what the caller may do instead', () => {
    expect(() => plan('mask', 'upper(name)')).toThrow(asItIs);
    expect(() => plan('hash', 'upper(name)')).toThrow(
      /it may be selected, grouped, sorted and counted, and compared by = and <> with written hashes/,
    );
  });
});
