import { plan } from '../test/orders-plan.js';
import { literal, operation } from './binding/nodes.js';
import { govern, GovernedScan } from './governed-query.js';

const NOW = 1_711_879_200_500_000n;
const asOf = (body: object): bigint | null =>
  plan({ page: { limit: 1 }, ...body }, 'page', 'clear', NOW).asOf;

describe('a governed query', () => {
  it('says of what instant it is only where something depends on it, to the second', () => {
    const second = 1_711_879_200_000_000n;
    expect(asOf({ filter: { column: 'ordered_at', op: 'during', value: '2024' } })).toBeNull();
    expect(asOf({ select: ['now() as x'] })).toBe(second);
    expect(asOf({ sort: ["date_diff('day', ordered_at, today())"] })).toBe(second);
    expect(asOf({ filter: { column: 'ordered_at', op: 'inLast', value: '1d' } })).toBe(second);
    const having = { column: 'max(ordered_at)', op: 'during', value: 'last week' };
    expect(asOf({ select: ['region'], having })).toBe(second);
  });

  it('depends on the clock also where only the policy does', () => {
    const query = plan({ page: { limit: 1 } }, 'page', 'clear', NOW);
    const now = { ...literal({ kind: 'timestamp' }, '2024-03-31T10:00:00'), clock: 'now()' };
    const [scan] = query.scans;
    const predicates = [operation('is-null', [now])];
    const narrowed: readonly [GovernedScan] = [{ ...scan, predicates }];
    expect(govern(query, narrowed).asOf).toBe(query.askedAt);
  });
});
