import { buildCatalog } from '@sluice/catalog';
import { Principal, SluiceError } from '@sluice/contracts';
import { BoundExpression, walk } from '@sluice/query-dsl';
import { claimPlaces } from './claim-places.js';
import { Policy } from './policy.js';

type Claims = NonNullable<Principal['claims']>;

const columns = {
  id: { type: 'integer' },
  region: { type: 'text' },
  fare: { type: 'decimal(8,2)' },
  late: { type: 'boolean' },
  at: { type: 'timestamp' },
  day: { type: 'date' },
};
const content = { name: 'flights', shared: true, key: ['id'], columns };
const catalog = buildCatalog([{ file: 'flights.yaml', content }]);

const build = (filter: object): Policy =>
  Policy.build({ version: 1, rows: { flights: { viewer: filter, exporter: 'all', admin: 'all' } } }, catalog);

function bound(filter: object, claims: Claims, now = 0n): BoundExpression | null {
  const principal: Principal = { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['viewer'], claims };
  return build(filter).rowsFor('flights', principal, now);
}

/** The values that a filter compares with. */
function valuesOf(filter: object, claims: Claims): readonly unknown[] {
  const expression = bound(filter, claims);
  return [...(expression ? walk(expression) : [])].flatMap((node) => {
    if (node.kind === 'in') return [...node.values];
    return node.kind === 'literal' ? [node.value] : [];
  });
}

function refused(filter: object, claims: Claims, now?: bigint): SluiceError {
  try {
    bound(filter, claims, now);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('the filter was bound');
}

const equal = (column: string): object => ({ column, op: 'eq', value: `\${${column}}` });

describe('a claim in a row filter (P4)', () => {
  it('fills a list, also one of what is left out', () => {
    const filter = { column: 'region', op: 'notIn', value: '${regions}' };
    expect(valuesOf(filter, { regions: ['East', 'West'] })).toEqual(['East', 'West']);
    expect(valuesOf({ ...filter, value: ['North', '${regions}'] }, { regions: ['East'] })).toEqual([
      'North',
      'East',
    ]);
  });

  it.each(['true', 'false'])(
    'is %s as a truth value where the column is one, and a text where not',
    (text) => {
      expect(valuesOf(equal('late'), { late: text })).toEqual([text === 'true']);
      expect(valuesOf(equal('region'), { region: text })).toEqual([text]);
    },
  );

  it.each<readonly [object, Claims, string]>([
    [equal('late'), { late: 'yes' }, 'late'],
    [{ and: [equal('region'), equal('fare')] }, { region: 'West', fare: 'much' }, 'fare'],
    [{ or: [equal('fare'), { not: equal('at') }] }, { fare: '1', at: 'soon' }, 'at'],
    [
      { and: [equal('region'), { column: 'day', op: 'between', value: ['2024-01-01', '${until}'] }] },
      { region: 'West', until: 'soon' },
      'until',
    ],
  ])('is named where it does not fit: %j', (filter, claims, named) => {
    const { code, message } = refused(filter, claims);
    expect(code).toBe('claim-required');
    expect(message).toContain(`the claim "${named}"`);
  });

  it('has no part in what goes wrong without it', () => {
    const lastYear = 253_400_000_000_000_000n;
    const error = refused({ column: 'day', op: 'during', value: 'next year' }, {}, lastYear);
    expect(error.code).toBe('invalid-request');
  });

  it.each([
    [{ column: '${region}', op: 'eq', value: 'x' }, 'column'],
    [{ column: 'region', op: '${op}', value: 'x' }, 'op'],
    [{ column: 'region', op: 'eq', value: '${region}-x' }, 'value'],
    [{ column: 'region', op: 'in', value: ['x', 'x${region}'] }, 'value.1'],
  ])('stands nowhere but as a whole value: %j', (filter, place) => {
    expect(() => build(filter)).toThrow(`rows.flights.viewer.${place}: A claim stands as the whole`);
  });

  it('is refused elsewhere with the code of a bad request', () => {
    expect(() => {
      claimPlaces({ and: [{ column: '${x}' }] }, '/rows');
    }).toThrow(
      expect.objectContaining({ code: 'invalid-request', details: { pointer: '/rows/and/0/column' } }),
    );
  });

  it.each([null, 5, [null]])('is not looked for in %j, which the filter itself refuses or takes', (value) => {
    expect(() => build({ column: 'region', op: 'eq', value })).toThrow('rows.flights.viewer.value: ');
  });
});
