import { compareExact, convertNumber, readExact } from './numbers.js';
import { compareTexts } from './texts.js';
import { DAY_MICROS, readDate, readTimestamp, toInstant } from './times.js';
import { Literal } from './tree.js';
import { digitsOf, isExact, Type, typeName, Value } from './types.js';

/** Order of two values of one type. NaN equals itself and comes after every other number. */
export function compareValues(a: Exclude<Value, null>, b: Exclude<Value, null>): number {
  if (typeof a === 'string') return compareTexts(a, String(b));
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Order of a value and a constant. A number is compared with every digit that was written, whatever the column's type can hold. */
export function compareToConstant(value: Value, type: Type, constant: Literal, zone: string): number | null {
  if (value === null) return null;
  if (isExact(type)) {
    return compareExact({ unscaled: value as bigint, scale: digitsOf(type).scale }, readExact(constant.text));
  }
  return compareValues(value, constantOf(type, constant, zone));
}

function constantOf(type: Type, { text, value }: Literal, zone: string): Exclude<Value, null> {
  if (type.kind === 'double') return Number(text);
  if (type.kind === 'date') return readDate(text);
  if (type.kind === 'timestamp') return readTimestamp(text, zone);
  if (value === null) throw new Error('Nothing is compared with a written NULL.');
  return value;
}

/** A value as one of a wider type: what stands beside values of other types is brought to the type of all. */
export function convertValue(value: Value, from: Type, to: Type, zone: string): Value {
  if (value === null || typeName(from) === typeName(to)) return value;
  if (from.kind === 'date') return toInstant((value as bigint) * DAY_MICROS, zone);
  return convertNumber(value as bigint | number, from, to);
}

/** Equal for values that group together: NaN is one value, and so is zero. */
export function identityOf(value: Value): string {
  if (value === null) return 'null';
  return `${typeof value}:${value === 0 ? 0 : String(value)}`;
}
