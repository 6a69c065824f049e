import { createHash } from 'node:crypto';
import { describe } from './binding/same-expression.js';
import { BoundExpression, rootsOf, walk } from './binding/bound.js';
import { GovernedQuery } from './governed-query.js';

/** SHA-256 (hex) of what is asked: equal for two spellings of one query, whatever page, form or caller. */
export function queryHash(query: GovernedQuery): string {
  return hash([
    query.scans.map(({ dataset, via }) => [dataset.name, via && [via.scan, via.relation.name]]),
    query.items.map(({ name, expression }) => [name, describe(expression)]),
    describeOrNull(query.filter),
    describeOrNull(query.having),
    query.grouped,
    query.sort.map(({ expression, direction }) => [describe(expression), direction]),
    query.timezone,
  ]);
}

/**
 * SHA-256 (hex) of the values that the clock gave to a query: what `queryHash` leaves out, so that it names the same question
 * tomorrow, and what an answer's hash has to cover. The same as long as those values are: all day for `today()`.
 */
export function clockHash(query: GovernedQuery): string {
  const roots = [...rootsOf(query), ...query.scans.flatMap(({ predicates }) => predicates)];
  return hash(
    roots
      .flatMap((root) => [...walk(root)])
      .flatMap((node) => (node.kind === 'literal' && node.clock !== undefined ? [String(node.value)] : [])),
  );
}

/** SHA-256 (hex) of what the caller may see of it: rows, treatments, and the version of the data. */
export function viewHash(query: GovernedQuery, dataVersion: string): string {
  return hash([
    query.scans.map(({ dataset, predicates, treatments }) => [
      dataset.name,
      dataset.tenantColumn,
      predicates.map(describe),
      [...treatments].sort(([a], [b]) => (a < b ? -1 : 1)),
    ]),
    dataVersion,
  ]);
}

/** SHA-256 (hex) over texts and nested lists of them. */
export function hash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

const describeOrNull = (expression: BoundExpression | null): string | null =>
  expression && describe(expression);
