import { SluiceError } from '@sluice/contracts';
import { BoundExpression, GovernedQuery, walk } from '@sluice/query-dsl';

/**
 * Refuses a query of a table that is large to the caller when nothing narrows it (SPEC Q11): its filter must hold, as a whole or as one
 * part of a top-level `and`, a condition on one of the columns that the catalogue names. An `or` counts when each of its branches does.
 *
 * @param ownRows rows of the table that the caller may see. @param pointer of the query inside the request
 * @throws SluiceError `query-too-broad` naming the columns and the limit
 */
export function requireKeyCondition(query: GovernedQuery, ownRows: number, pointer: string): void {
  const [{ dataset, treatments }] = query.scans;
  const rule = dataset.largeTable;
  if (!rule || ownRows <= rule.rows) return;
  // What the caller may not filter by is no help, and is not named.
  const columns = rule.conditionOn.filter((name) => treatments.get(name) === 'clear');
  if (query.filter && narrows(query.filter, columns)) return;
  const wanted = columns.length > 0 ? ` on ${columns.join(' or ')}` : '';
  throw new SluiceError(
    'query-too-broad',
    `"${dataset.name}" holds more than ${rule.rows} rows for you: the filter needs a condition${wanted} ` +
      '(eq, in, between, lt, lte, gt, gte, startsWith, inLast or during) that every row must meet.',
    { pointer: `${pointer}/filter`, limit: { name: 'largeTableRows', value: rule.rows } },
  );
}

const NARROWING: readonly string[] = ['eq', 'lt', 'lte', 'gt', 'gte', 'starts_with', 'never'];

function narrows(filter: BoundExpression, columns: readonly string[]): boolean {
  if (filter.kind === 'in') return isOneOf(filter.operand, columns);
  if (filter.kind !== 'operation') return false;
  if (filter.name === 'and') return filter.args.some((arg) => narrows(arg, columns));
  if (filter.name === 'or') return filter.args.every((arg) => narrows(arg, columns));
  if (!NARROWING.includes(filter.name)) return false;
  // A condition that was written as an expression stands there compared with `true`.
  const condition = filter.args.find(
    ({ type, kind }) => type.kind === 'boolean' && kind !== 'literal' && kind !== 'column',
  );
  if (condition) return filter.name === 'eq' && filter.args.some(isTrue) && narrows(condition, columns);
  const others = filter.args.filter((arg) => !isOneOf(arg, columns));
  // The column as it is, beside what is the same for all rows.
  return others.length === filter.args.length - 1 && others.every(isConstant);
}

function isOneOf(expression: BoundExpression, columns: readonly string[]): boolean {
  return expression.kind === 'column' && expression.scan === 0 && columns.includes(expression.name);
}

const isTrue = (expression: BoundExpression): boolean =>
  expression.kind === 'literal' && expression.value === true;

function isConstant(expression: BoundExpression): boolean {
  return [...walk(expression)].every(({ kind }) => kind !== 'column');
}
