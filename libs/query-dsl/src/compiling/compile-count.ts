import { GovernedQuery } from '../governed-query.js';
import { Statement } from '../statement.js';
import { compileCore } from './compile-core.js';
import { Dialect } from './dialect.js';
import { Parameters } from './expression-compiler.js';

/** One row, one column: how many rows the query has over all pages, counted behind policy. */
export function compileCount(query: GovernedQuery, dialect: Dialect): Statement {
  const parameters = new Parameters();
  // Joins are many-to-one, so only what the filter (or a group) uses can change the number.
  const core = compileCore(query, [], dialect, parameters);
  return { sql: `select count(*) from (${core}) q`, parameters: parameters.list };
}
