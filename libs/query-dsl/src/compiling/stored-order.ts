import { BoundExpression, BoundSort, ColumnUse, walk } from '../binding/bound.js';
import { GovernedQuery } from '../governed-query.js';

/**
 * Whether the rows come out in the asked order by themselves, so that a page can stop at its last row instead of sorting all. That takes a
 * scan of one table, which keeps the order in which it is stored; a join need not, and a list is looked up by one.
 *
 * @param sortedBy columns by which the table is stored in ascending order, or null when that is not known
 */
export function comesInOrder(
  query: GovernedQuery,
  order: readonly BoundSort[],
  sortedBy: readonly string[] | null,
): boolean {
  if (sortedBy === null || query.grouped) return false;
  const [{ predicates, treatments }] = query.scans;
  const used = [
    ...query.items.map(({ expression }) => expression),
    ...(query.filter ? [query.filter] : []),
    ...order.map(({ expression }) => expression),
    ...predicates,
  ];
  if (!used.every(isOfOneScan) || !order.every(isAscendingColumn)) return false;
  const pinned = new Set(predicates.flatMap(pinnedColumn));
  const asked = order.map(({ expression }) => (expression as ColumnUse).name);
  // A hashed key orders by its hashes.
  if (asked.some((name) => treatments.get(name) !== 'clear')) return false;
  const [left, stored] = [asked, sortedBy].map((names) => names.filter((name) => !pinned.has(name)));
  return left?.every((name, index) => name === stored?.[index]) ?? false;
}

const isAscendingColumn = ({ expression, direction }: BoundSort): boolean =>
  expression.kind === 'column' && direction === 'asc';

function isOfOneScan(expression: BoundExpression): boolean {
  return [...walk(expression)].every(
    (node) => node.kind !== 'in' && (node.kind !== 'column' || node.scan === 0),
  );
}

/** A column that has one value in all rows, so that its place in an order does not matter. */
function pinnedColumn(predicate: BoundExpression): readonly string[] {
  if (predicate.kind !== 'operation' || predicate.name !== 'eq') return [];
  const [column, value] = predicate.args;
  return column?.kind === 'column' && value?.kind === 'literal' ? [column.name] : [];
}
