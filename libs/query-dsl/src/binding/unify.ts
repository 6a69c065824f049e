import { ColumnType, DATE, formatColumnType, TIMESTAMP } from '@sluice/catalog';
import { refusal } from '../refusal.js';
import { Place } from '../syntax/expression.js';
import { BoundExpression } from './bound.js';
import { convert, isNull, literal, sameType } from './nodes.js';
import { commonNumeric, isNumeric } from './numeric.js';
import { isDate } from './temporal.js';
import { asInstant, writtenInstant } from './zoned.js';

/**
 * Brings all to one type: numbers to the one that holds all of them, dates beside times to their local midnight, and texts that
 * are written out to dates or times beside such. Throws `type-mismatch`.
 */
export function unify(
  expressions: readonly BoundExpression[],
  what: string,
  place: Place,
  timezone: string,
): readonly BoundExpression[] {
  const kinds = expressions.map(({ type }) => type.kind);
  const temporal = kinds.includes('timestamp') ? TIMESTAMP : kinds.includes('date') ? DATE : undefined;
  const read = temporal
    ? expressions.map((expression) => readWrittenTime(expression, temporal, timezone))
    : expressions;
  const types = read.filter((expression) => !isNull(expression)).map(({ type }) => type);
  const type = types.reduce<ColumnType | undefined>(
    (left, right) => (left ? commonType(left, right, what, place) : right),
    undefined,
  );
  if (!type) return read;
  return read.map((expression) =>
    expression.type.kind === 'date' && isTime(type)
      ? asInstant(expression, timezone)
      : convert(expression, type),
  );
}

const isTime = ({ kind }: ColumnType): boolean => kind === 'timestamp';

function commonType(a: ColumnType, b: ColumnType, what: string, place: Place): ColumnType {
  if (sameType(a, b)) return a;
  if (isNumeric(a) && isNumeric(b)) return commonNumeric(a, b);
  const kinds = [a.kind, b.kind];
  if (kinds.includes('date') && kinds.includes('timestamp')) return TIMESTAMP;
  const message = `${what} needs values of one kind, but these are ${formatColumnType(a)} and ${formatColumnType(b)}.`;
  throw refusal('type-mismatch', message, place);
}

function readWrittenTime(expression: BoundExpression, type: ColumnType, timezone: string): BoundExpression {
  if (expression.kind !== 'literal' || typeof expression.value !== 'string') return expression;
  if (expression.type.kind !== 'text') return expression;
  if (!isTime(type)) return isDate(expression.value) ? literal(type, expression.value) : expression;
  return writtenInstant(expression.value, timezone) ?? expression;
}
