import { page, plan } from '../test/orders-plan.js';
import { clockHash, queryHash, viewHash } from './canonical.js';
import { GovernedQuery } from './governed-query.js';

describe('the hashes of a plan', () => {
  const DAY = 86_400_000_000n;
  const at = (now: bigint, body: object): GovernedQuery => plan({ page, ...body }, 'page', 'mask', now);

  it.each<[string, object]>([
    ['now()', { select: ['now() as n'] }],
    ['today()', { filter: { column: 'cast(ordered_at as date) = today()', op: 'eq', value: true } }],
    ['inLast', { filter: { column: 'ordered_at', op: 'inLast', value: '7d' } }],
    ['during', { filter: { column: 'ordered_at', op: 'during', value: 'yesterday' } }],
    ['a sort', { sort: ["date_diff('day', ordered_at, today())"] }],
  ])('name %s alike on all days, and tell its answers apart', (_, body) => {
    expect(queryHash(at(DAY, body))).toBe(queryHash(at(0n, body)));
    expect(clockHash(at(DAY, body))).not.toBe(clockHash(at(0n, body)));
    expect(clockHash(at(999_999n, body))).toBe(clockHash(at(0n, body)));
  });

  it('keep an answer as long as what the clock says is the same', () => {
    const month = { filter: { column: 'ordered_at', op: 'during', value: 'last month' } };
    expect(clockHash(at(30n * DAY, month))).toBe(clockHash(at(0n, month)));
    expect(clockHash(at(31n * DAY, month))).not.toBe(clockHash(at(0n, month)));
    const now = { select: ['now() as n'] };
    expect(clockHash(at(1_000_000n, now))).not.toBe(clockHash(at(0n, now)));
    const fixed = { filter: { column: 'ordered_at', op: 'during', value: '1970' } };
    expect(clockHash(at(DAY, fixed))).toBe(clockHash(at(0n, fixed)));
  });

  it('tell a question of the clock from its value, and one of its stretches from another', () => {
    const asked = (value: string) =>
      queryHash(at(0n, { filter: { column: 'ordered_at', op: 'during', value } }));
    const hashes = ['today', 'yesterday', 'this month', 'this year', '1970', '1970-01-01'].map(asked);
    expect(new Set(hashes).size).toBe(hashes.length);
    const last = (value: string) =>
      queryHash(at(0n, { filter: { column: 'ordered_at', op: 'inLast', value } }));
    expect(last('7d')).toBe(last('7 days'));
    expect(last('7d')).not.toBe(last('8d'));
  });

  it('are equal for two spellings, and differ with anything that matters', () => {
    const body = {
      select: ['sum( price )  as p', 'region'],
      filter: { column: 'price', op: 'gt', value: 5 },
      page,
    };
    const same = {
      page: { limit: 9 },
      filter: { column: 'price', op: 'gt', value: '5.0' },
      select: ['SUM(price) as p', 'region'],
    };
    expect(queryHash(plan(same))).toBe(queryHash(plan(body)));
    for (const change of [
      { select: ['sum(price) as q', 'region'] },
      { filter: { column: 'price', op: 'gt', value: 6 } },
      { sort: ['p'] },
      { timezone: 'Europe/Berlin' },
    ]) {
      expect(queryHash(plan({ ...body, ...change }))).not.toBe(queryHash(plan(body)));
    }
    const mail = { select: ['customer.email'], page };
    expect(viewHash(plan(mail, 'page', 'clear'), 'v1')).not.toBe(viewHash(plan(mail), 'v1'));
    expect(viewHash(plan(mail), 'v2')).not.toBe(viewHash(plan(mail), 'v1'));
    expect(viewHash(plan(mail), 'v1')).toBe(viewHash(plan(mail), 'v1'));
  });
});
