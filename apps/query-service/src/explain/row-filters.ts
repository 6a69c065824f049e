import { BoundExpression, GovernedQuery, GovernedScan, ScalarValue, walk } from '@sluice/query-dsl';
import { ExpressionText } from './expression-text.js';

/** A policy's conditions on a table as filters of the query language; null for one over a column that the caller does not see as it is. */
export function rowFiltersOf(query: GovernedQuery, scan: GovernedScan): readonly (object | null)[] {
  // A predicate knows its own table only, so its columns stand there without a path.
  const text = new ExpressionText({ scans: [query.scans[0]] });
  return scan.predicates.map((predicate) => (isOpen(predicate, scan) ? toFilter(predicate, text) : null));
}

function isOpen(predicate: BoundExpression, { treatments }: GovernedScan): boolean {
  return [...walk(predicate)].every(
    (node) => node.kind !== 'column' || treatments.get(node.name) === 'clear',
  );
}

const COMPARISONS: readonly string[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'];

function toFilter(predicate: BoundExpression, text: ExpressionText): object {
  if (predicate.kind === 'in' && predicate.operand.kind === 'column') {
    return { column: predicate.operand.name, op: 'in', value: predicate.values.map(jsonValue) };
  }
  if (predicate.kind === 'operation') {
    const { name, args } = predicate;
    if (name === 'and' || name === 'or') return { [name]: args.map((arg) => toFilter(arg, text)) };
    if (name === 'not') return { not: toFilter(args[0] as BoundExpression, text) };
    const [left, right] = args;
    if (COMPARISONS.includes(name) && left?.kind === 'column' && right?.kind === 'literal') {
      return { column: left.name, op: name, value: jsonValue(right.value) };
    }
  }
  return { column: text.of(predicate), op: 'eq', value: true };
}

const jsonValue = (value: ScalarValue): string | number | boolean | null =>
  typeof value === 'bigint' ? String(value) : value;
