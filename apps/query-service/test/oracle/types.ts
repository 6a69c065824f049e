/** The oracle's own idea of types; `null` is that of a written NULL, which fits beside every other. */
export type Type =
  | { readonly kind: 'text' | 'integer' | 'double' | 'boolean' | 'date' | 'timestamp' | 'null' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number };

/**
 * Integers are `bigint`; decimals too, times ten to the scale; doubles are numbers; dates are days and timestamps microseconds since
 * 1970-01-01 UTC, both as `bigint`.
 */
export type Value = string | bigint | number | boolean | null;

export const TEXT: Type = { kind: 'text' };
export const INTEGER: Type = { kind: 'integer' };
export const DOUBLE: Type = { kind: 'double' };
export const BOOLEAN: Type = { kind: 'boolean' };
export const DATE: Type = { kind: 'date' };
export const TIMESTAMP: Type = { kind: 'timestamp' };
export const NULL: Type = { kind: 'null' };
export const decimal = (precision: number, scale: number): Type => ({ kind: 'decimal', precision, scale });

export const INT64_MAX = 2n ** 63n - 1n;
export const INT64_MIN = -(2n ** 63n);

export function typeName(type: Type): string {
  if (type.kind === 'null') return 'text';
  return type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.kind;
}

export const isExact = (type: Type): boolean => type.kind === 'integer' || type.kind === 'decimal';

/** A 64-bit integer has 19 digits. */
export function digitsOf(type: Type): { readonly precision: number; readonly scale: number } {
  return type.kind === 'decimal' ? type : { precision: 19, scale: 0 };
}

const fitting = (precision: number, scale: number): Type =>
  precision > 38 ? DOUBLE : decimal(precision, scale);

/** The one type that holds the values of all; written NULLs do not count. */
export function commonType(types: readonly Type[]): Type {
  const [first = NULL, ...rest] = types.filter(({ kind }) => kind !== 'null');
  return rest.reduce((left, right) => commonOfTwo(left, right), first);
}

function commonOfTwo(a: Type, b: Type): Type {
  if (typeName(a) === typeName(b)) return a;
  if (a.kind === 'double' || b.kind === 'double') return DOUBLE;
  if (isExact(a) && isExact(b)) {
    const [x, y] = [digitsOf(a), digitsOf(b)];
    const scale = Math.max(x.scale, y.scale);
    return fitting(Math.max(x.precision - x.scale, y.precision - y.scale) + scale, scale);
  }
  if (a.kind === 'timestamp' || b.kind === 'timestamp') return TIMESTAMP;
  throw new Error(`The generator put ${typeName(a)} beside ${typeName(b)}.`);
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%';

/** Types of arithmetic as docs/query-language.md tells them: exact while 38 digits hold every outcome. */
export function arithmeticType(operator: Arithmetic, a: Type, b: Type): Type {
  if (operator === '/' || a.kind === 'double' || b.kind === 'double') return DOUBLE;
  if (operator === '%' || (a.kind === 'integer' && b.kind === 'integer')) return commonType([a, b]);
  const [x, y] = [digitsOf(a), digitsOf(b)];
  if (operator === '*') return fitting(x.precision + y.precision, x.scale + y.scale);
  const scale = Math.max(x.scale, y.scale);
  return fitting(Math.max(x.precision - x.scale, y.precision - y.scale) + scale + 1, scale);
}
