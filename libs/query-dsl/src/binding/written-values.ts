import { DOUBLE } from '@sluice/catalog';
import { refusal } from '../refusal.js';
import { Expression, Place } from '../syntax/expression.js';
import { BoundExpression } from './bound.js';
import { Constant } from './compare.js';
import { literal } from './nodes.js';
import { formatExact, naturalType, parseExact } from './numeric.js';

/** A number that stands by itself: of the smallest exact type that holds it, else a double. */
export function bindNumber(digits: string, place: Place): BoundExpression {
  const exact = /e/i.test(digits) ? undefined : parseExact(digits);
  const type = exact && naturalType(exact);
  if (exact && type) {
    return type.kind === 'integer'
      ? literal(type, exact.unscaled)
      : literal(type, formatExact(exact.unscaled, exact.scale));
  }
  const value = Number(digits);
  if (Number.isFinite(value)) return literal(DOUBLE, value);
  throw refusal('invalid-expression', 'The number is out of range.', place);
}

/** A value that is written out, or undefined when the expression is anything else. */
export function constantIn(expression: Expression): Constant | undefined {
  if (expression.kind === 'number') return { kind: 'number', digits: expression.digits };
  if (expression.kind === 'text') return { kind: 'text', text: expression.text };
  if (expression.kind === 'boolean') return { kind: 'boolean', value: expression.value };
  if (expression.kind === 'negate' && expression.operand.kind === 'number') {
    return { kind: 'number', digits: `-${expression.operand.digits}` };
  }
  return undefined;
}
