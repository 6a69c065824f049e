import { BoundExpression, BoundSort, hasAggregate } from '../binding/bound.js';
import { describe } from '../binding/same-expression.js';
import { GovernedQuery } from '../governed-query.js';

/** The asked order, made total: by the dataset's key, or by the grouping keys of a grouped query (SPEC Q7). */
export function totalOrder(query: GovernedQuery): readonly BoundSort[] {
  const ties = query.grouped
    ? query.items.map(({ expression }) => expression).filter((expression) => !hasAggregate(expression))
    : keyOf(query);
  const order = [...query.sort, ...ties.map((expression) => ({ expression, direction: 'asc' as const }))];
  const seen = new Set<string>();
  return order.filter(({ expression }) => {
    const text = describe(expression);
    return !seen.has(text) && seen.add(text);
  });
}

/** The key of the query's own dataset. */
export function keyOf(query: GovernedQuery): readonly BoundExpression[] {
  const { dataset } = query.scans[0];
  return dataset.key.flatMap((name) => {
    const column = dataset.columns.get(name);
    return column ? [{ kind: 'column' as const, scan: 0, name, type: column.type, pointer: '' }] : [];
  });
}
