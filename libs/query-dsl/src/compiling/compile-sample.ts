import { GovernedQuery } from '../governed-query.js';
import { Statement } from '../statement.js';
import { compileCore } from './compile-core.js';
import { Dialect } from './dialect.js';
import { Parameters } from './expression-compiler.js';
import { keyOf } from './total-order.js';

/**
 * One row, two columns: how many rows of a sample of the caller's own rows there are, and how many of them the filter keeps. The sample is
 * taken by the key's hash before the filter and any relation are looked at, which is what makes it cheaper than a count.
 *
 * @param share one row in so many is looked at
 */
export function compileSample(query: GovernedQuery, share: number, dialect: Dialect): Statement {
  if (query.grouped || !query.filter) throw new Error('Only the rows that a filter keeps can be estimated.');
  const parameters = new Parameters();
  const keys = keyOf(query).map((expression, index) => ({ name: `k${index}`, expression }));
  const columns = [{ name: 'kept', expression: query.filter }, ...keys];
  const core = compileCore({ ...query, filter: null }, columns, dialect, parameters);
  const sampled = dialect.inSample(
    keys.map(({ name }) => name),
    share,
  );
  return {
    sql: `select count(*), count(*) filter (where kept) from (${core}) q where ${sampled}`,
    parameters: parameters.list,
  };
}
