import { BOOLEAN, ColumnType, formatColumnType } from '@sluice/catalog';
import { refusal } from '../refusal.js';
import { ScalarValue } from '../statement.js';
import { Place } from '../syntax/expression.js';
import { BoundExpression, Literal, OperationName } from './bound.js';
import { commonNumeric, isNumeric } from './numeric.js';
import { isDate, formatMicros, parseTime } from './temporal.js';

export const literal = (type: ColumnType, value: ScalarValue): Literal => ({ kind: 'literal', type, value });

export const operation = (
  name: OperationName,
  args: readonly BoundExpression[],
  type: ColumnType = BOOLEAN,
): BoundExpression => ({ kind: 'operation', name, args, type });

export function sameType(a: ColumnType, b: ColumnType): boolean {
  return formatColumnType(a) === formatColumnType(b);
}

/** The expression as a value of `type`. Only widening conversions reach here, so nothing is lost. */
export function convert(expression: BoundExpression, type: ColumnType): BoundExpression {
  if (sameType(expression.type, type)) return expression;
  if (isNull(expression)) return literal(type, null);
  return operation('convert', [expression], type);
}

export const isNull = (expression: BoundExpression): boolean =>
  expression.kind === 'literal' && expression.value === null;

/** Brings all to one type, texts that are written out becoming dates or times beside such. Throws `type-mismatch`. */
export function unify(
  expressions: readonly BoundExpression[],
  what: string,
  place: Place,
): readonly BoundExpression[] {
  const temporal = expressions.find(({ type }) => type.kind === 'date' || type.kind === 'timestamp');
  const read = temporal
    ? expressions.map((expression) => readWrittenTime(expression, temporal.type))
    : expressions;
  const type = read
    .filter((expression) => !isNull(expression))
    .map((expression) => expression.type)
    .reduce<ColumnType | undefined>(
      (left, right) => (left ? commonType(left, right, what, place) : right),
      undefined,
    );
  return type ? read.map((expression) => convert(expression, type)) : read;
}

function commonType(a: ColumnType, b: ColumnType, what: string, place: Place): ColumnType {
  if (sameType(a, b)) return a;
  if (isNumeric(a) && isNumeric(b)) return commonNumeric(a, b);
  const kinds = [a.kind, b.kind];
  if (kinds.includes('date') && kinds.includes('timestamp')) return a.kind === 'timestamp' ? a : b;
  const message = `${what} needs values of one kind, but these are ${formatColumnType(a)} and ${formatColumnType(b)}.`;
  throw refusal('type-mismatch', message, place);
}

function readWrittenTime(expression: BoundExpression, type: ColumnType): BoundExpression {
  if (expression.kind !== 'literal' || typeof expression.value !== 'string') return expression;
  if (expression.type.kind !== 'text') return expression;
  if (type.kind === 'date' && isDate(expression.value)) return literal(type, expression.value);
  const time = type.kind === 'timestamp' ? parseTime(expression.value) : undefined;
  return time ? literal(type, formatMicros(time.micros)) : expression;
}
