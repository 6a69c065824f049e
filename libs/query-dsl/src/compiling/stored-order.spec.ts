import { page, plan } from '../../test/orders-plan.js';
import { compilePage } from './compile-page.js';
import { duckDbDialect as duckdb } from './duckdb-dialect.js';

describe('a page of a table that is stored in order', () => {
  const stored = ['tenant_id', 'order_id'];
  const sql = (body: object, sortedBy: readonly string[] | null = stored): string =>
    compilePage(plan({ page, ...body }), null, duckdb, { sortedBy }).sql;

  it.each<[string, object]>([
    ['no order', { select: ['region'] }],
    ['the order of the key', { select: ['region'], sort: ['order_id'] }],
    ['a filter', { filter: { column: 'price', op: 'gt', value: 5 } }],
  ])('does not sort where the query asks for %s', (_, body) => {
    expect(sql(body)).not.toContain('order by');
    expect(sql(body, null)).toContain('order by k0 asc nulls last limit');
  });

  it.each<[string, object, readonly string[]]>([
    ['another order', { sort: ['region'] }, stored],
    ['the other direction', { sort: ['order_id desc'] }, stored],
    ['a related column, whose join may mix the rows', { select: ['customer.email'] }, stored],
    [
      'a list, which is looked up by a join',
      { filter: { column: 'order_id', op: 'in', value: [1, 2] } },
      stored,
    ],
    ['groups', { select: ['region', 'count(*)'] }, stored],
    ['a table that is sorted by something else', {}, ['order_id_of_old', 'tenant_id']],
    ['a table that is sorted by something before the key', {}, ['tenant_id', 'region', 'order_id']],
  ])('sorts for %s', (_, body, sortedBy) => {
    expect(sql(body, sortedBy)).toContain('order by k0');
  });

  it('continues after a key that is never NULL without speaking of NULL', () => {
    const query = plan({ select: ['region'], page });
    expect(compilePage(query, ['7'], duckdb, { sortedBy: stored }).sql).toContain(
      'where (k0 > cast($2 as bigint)) limit',
    );
  });
});
