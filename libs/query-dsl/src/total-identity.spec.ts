import { page, plan } from '../test/orders-plan.js';
import { literal, operation } from './binding/nodes.js';
import { totalHash } from './canonical.js';
import { GovernedQuery } from './governed-query.js';
import { MaskKey } from './mask-key.js';

const DAY = 86_400_000_000n;
const total = (body: object, now?: bigint): string =>
  totalHash(plan({ page, ...body }, 'page', 'mask', now), '1');

/** The query with one of its scans changed. */
function withScan(query: GovernedQuery, index: number, change: Partial<GovernedQuery['scans'][0]>): string {
  const scans = query.scans.map((scan, at) => (at === index ? { ...scan, ...change } : scan));
  return totalHash({ ...query, scans: scans as unknown as GovernedQuery['scans'] }, '1');
}

const price = { column: 'price', op: 'gt', value: 5 };
const email = { column: 'customer.email', op: 'isNotNull' };
const foreign = [
  operation('eq', [
    { kind: 'column', scan: 0, name: 'tenant_id', type: { kind: 'text' }, pointer: '' },
    literal({ kind: 'text' }, 'TX'),
  ]),
];

describe('the name of a number of rows', () => {
  it('is shared by all pages, orders, forms and selections of the same rows', () => {
    const same = total({ filter: price, select: ['region'] });
    for (const body of [
      { page: { limit: 9, offset: 4 } },
      { sort: ['price desc'] },
      { rows: 'array', numbers: 'string' },
      { select: ['order_id', 'price'] },
      { select: ['customer.email'] },
      { filter: { and: [{ column: ' price ', op: 'gt', value: '5' }] } },
    ])
      expect(total({ filter: price, select: ['region'], ...body })).toBe(same);
  });

  it('follows what rows are counted', () => {
    const select = ['region', 'count(*) as n'];
    const having = { column: 'n', op: 'gt', value: 1 };
    const names = [
      total({}),
      total({ filter: price }),
      total({ filter: { ...price, value: 6 } }),
      total({ filter: email }),
      total({ select }),
      total({ select: ['customer_id', 'count(*) as n'] }),
      total({ select, having }),
      total({ select, filter: price }),
      total({ filter: { column: 'ordered_at', op: 'inLast', value: '1d' } }),
      total({ filter: { column: 'ordered_at', op: 'inLast', value: '1d' } }, DAY),
      totalHash(plan({ page }), '2'),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  it('counts the keys of groups, in whatever order they are selected, and no aggregate', () => {
    const of = (...select: readonly string[]) => total({ select });
    expect(of('region', 'customer_id', 'count(*) as n')).toBe(of('customer_id', 'region', 'sum(price) as s'));
    expect(of('region', 'region as again', 'count(*) as n')).toBe(of('region', 'count(*) as n'));
    expect(total({ select: ['region'], distinct: true })).toBe(of('region', 'count(*) as n'));
  });

  /** Two callers who may see different rows never share a number: it would tell one of the other's. */
  it('follows what the caller may see of each table that is counted', () => {
    const query = plan({ page, filter: email });
    const same = totalHash(query, '1');
    expect(withScan(query, 0, { predicates: foreign })).not.toBe(same);
    expect(withScan(query, 1, { predicates: foreign })).not.toBe(same);
    expect(withScan(query, 1, { predicates: [] })).not.toBe(same);
    expect(withScan(query, 1, { treatments: new Map([['email', 'clear']]) })).not.toBe(same);
    expect(totalHash({ ...query, maskKey: new MaskKey(Buffer.alloc(32, 1)) }, '1')).not.toBe(same);
  });

  it('does not follow what the caller may see of a table that changes no number', () => {
    const query = plan({ page, select: ['customer.email'] });
    expect(withScan(query, 1, { predicates: foreign })).toBe(totalHash(query, '1'));
  });

  it('follows the smallest group where there are groups', () => {
    const [flat, grouped] = [plan({ page }), plan({ page, select: ['region', 'count(*) as n'] })];
    expect(totalHash({ ...grouped, smallestGroup: 5 }, '1')).not.toBe(totalHash(grouped, '1'));
    expect(totalHash({ ...flat, smallestGroup: 5 }, '1')).toBe(totalHash(flat, '1'));
  });
});
