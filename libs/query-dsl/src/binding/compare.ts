import { ColumnType, DATE, formatColumnType, INTEGER, TEXT } from '@sluice/catalog';
import { refusal } from '../refusal.js';
import { Place } from '../syntax/expression.js';
import { BoundExpression, ComparisonName, Literal } from './bound.js';
import { literal, operation } from './nodes.js';
import { digitsOf, ExactNumber, floorTo, formatExact, INT64_MAX, INT64_MIN, parseExact } from './numeric.js';
import { isDate } from './temporal.js';
import { writtenInstant } from './zoned.js';

/** A value that the request writes out, as text when it is not a boolean: numbers keep every digit. */
export type Constant =
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean };

/**
 * Compares with a constant of the subject's own type, so that the engine never casts a column: a cast of a column is what
 * leaks other rows through its errors. A number that the type cannot hold is rounded to the side that keeps the answer exact.
 */
export function compareWithConstant(
  name: ComparisonName,
  subject: BoundExpression,
  constant: Constant,
  place: Place,
  timezone: string,
): BoundExpression {
  const { type } = subject;
  if (type.kind === 'integer' || type.kind === 'decimal') {
    return compareExact(name, subject, exactOf(constant, type, place));
  }
  return operation(name, [subject, constantOf(type, constant, place, timezone)]);
}

/** The constants of an `in` list that the type can hold; the others can equal no row. */
export function membersOf(
  type: ColumnType,
  constants: readonly { readonly constant: Constant; readonly place: Place }[],
  timezone: string,
): readonly BoundExpression[] {
  return constants.flatMap(({ constant, place }) => {
    if (type.kind !== 'integer' && type.kind !== 'decimal')
      return [constantOf(type, constant, place, timezone)];
    const { unscaled, exact } = floorTo(exactOf(constant, type, place), scaleOf(type));
    return exact && side(type, unscaled) === 'inside' ? [exactLiteral(type, unscaled)] : [];
  });
}

/** A constant as a value of a type that is not an exact number. Throws `type-mismatch`. */
export function constantOf(
  type: ColumnType,
  constant: Constant,
  place: Place,
  timezone: string,
): BoundExpression {
  if (type.kind === 'text' && constant.kind === 'text') return literal(TEXT, constant.text);
  if (type.kind === 'boolean' && constant.kind === 'boolean') return literal(type, constant.value);
  if (type.kind === 'double') return literal(type, Number(digitsIn(constant, type, place)));
  if (type.kind === 'date' && constant.kind === 'text' && isDate(constant.text))
    return literal(DATE, constant.text);
  const time =
    type.kind === 'timestamp' && constant.kind === 'text'
      ? writtenInstant(constant.text, timezone)
      : undefined;
  if (time) return time;
  throw mismatch(type, place);
}

function compareExact(name: ComparisonName, subject: BoundExpression, number: ExactNumber): BoundExpression {
  const { type } = subject;
  const { unscaled, exact } = floorTo(number, scaleOf(type));
  const where = side(type, unscaled);
  if (where !== 'inside' || (!exact && (name === 'eq' || name === 'ne'))) {
    const above = where === 'above';
    const holds = name === 'ne' || (name !== 'eq' && (name === 'lt' || name === 'lte' ? above : !above));
    return operation(holds ? 'always' : 'never', [subject]);
  }
  const rounded = exact ? name : ROUNDED_DOWN[name];
  return operation(rounded, [subject, exactLiteral(type, unscaled)]);
}

/** What a comparison becomes when its constant is replaced by the nearest smaller value of the type. */
const ROUNDED_DOWN: Readonly<Record<ComparisonName, ComparisonName>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'lte',
  lte: 'lte',
  gt: 'gt',
  gte: 'gt',
};

const scaleOf = (type: ColumnType): number => digitsOf(type).scale;

function exactLiteral(type: ColumnType, unscaled: bigint): Literal {
  return type.kind === 'integer'
    ? literal(INTEGER, unscaled)
    : literal(type, formatExact(unscaled, scaleOf(type)));
}

function side(type: ColumnType, unscaled: bigint): 'below' | 'inside' | 'above' {
  const bound = type.kind === 'decimal' ? 10n ** BigInt(type.precision) - 1n : INT64_MAX;
  if (unscaled > bound) return 'above';
  return unscaled < (type.kind === 'decimal' ? -bound : INT64_MIN) ? 'below' : 'inside';
}

function exactOf(constant: Constant, type: ColumnType, place: Place): ExactNumber {
  const number = parseExact(digitsIn(constant, type, place));
  if (!number) throw mismatch(type, place);
  return number;
}

/** Numbers may be written as text, so that JSON readers keep their digits. */
function digitsIn(constant: Constant, type: ColumnType, place: Place): string {
  if (constant.kind === 'number') return constant.digits;
  if (constant.kind === 'text' && parseExact(constant.text)) return constant.text;
  throw mismatch(type, place);
}

const EXAMPLES: Readonly<Record<ColumnType['kind'], string>> = {
  text: '"text"',
  integer: '42',
  decimal: '12.50',
  double: '1.5',
  boolean: 'true',
  date: '"2024-03-01"',
  timestamp: '"2024-03-01T12:30:00Z"',
};

function mismatch(type: ColumnType, place: Place): Error {
  const message = `The value must be of type ${formatColumnType(type)}, such as ${EXAMPLES[type.kind]}.`;
  return refusal('type-mismatch', message, place);
}
