import { TEXT } from '@sluice/catalog';
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
  const { dataset, treatments } = query.scans[0];
  return dataset.key.flatMap((name) => {
    const column = dataset.columns.get(name);
    if (!column) return [];
    // A hashed key still tells rows apart, and so orders them.
    const type = treatments.get(name) === 'hash' ? TEXT : column.type;
    return [{ kind: 'column' as const, scan: 0, name, type, pointer: '' }];
  });
}
