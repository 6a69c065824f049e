import { BOOLEAN, ColumnType, formatColumnType } from '@sluice/catalog';
import { ScalarValue } from '../statement.js';
import { BoundExpression, Literal, OperationName } from './bound.js';

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
