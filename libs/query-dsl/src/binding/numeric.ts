import { ColumnType, DOUBLE, INTEGER, decimalType, MAX_DECIMAL_PRECISION } from '@sluice/catalog';

/** An exact decimal: `unscaled / 10^scale`, scale 0 or more. */
export interface ExactNumber {
  readonly unscaled: bigint;
  readonly scale: number;
}

export const INT64_MAX = 2n ** 63n - 1n;
export const INT64_MIN = -(2n ** 63n);

/** More digits than any column can hold; past it a number is out of every range anyway. */
const MAX_EXPONENT = 400;

/** Reads `-12.50`, `1e3`, …; undefined when it is not a number or its exponent is beyond any column. */
export function parseExact(text: string): ExactNumber | undefined {
  const match =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text) ??
    /^(-?)()\.(\d+)(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  const digits = BigInt(`${whole}${fraction}` || '0') * (sign === '-' ? -1n : 1n);
  const scale = fraction.length - exponent;
  return scale >= 0 ? { unscaled: digits, scale } : { unscaled: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** The largest multiple of `10^-scale` that is not above the number, and whether it is the number. */
export function floorTo(
  number: ExactNumber,
  scale: number,
): { readonly unscaled: bigint; readonly exact: boolean } {
  if (number.scale <= scale)
    return { unscaled: number.unscaled * 10n ** BigInt(scale - number.scale), exact: true };
  const divisor = 10n ** BigInt(number.scale - scale);
  const quotient = number.unscaled / divisor;
  const exact = quotient * divisor === number.unscaled;
  return { unscaled: exact || number.unscaled >= 0n ? quotient : quotient - 1n, exact };
}

/** Writes `unscaled / 10^scale` with all its digits. */
export function formatExact(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The smallest type that holds a number as it is written; null when only a double can. */
export function naturalType({ unscaled, scale }: ExactNumber): ColumnType | null {
  if (scale === 0 && unscaled <= INT64_MAX && unscaled >= INT64_MIN) return INTEGER;
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().length;
  const precision = Math.max(digits, scale);
  return precision <= MAX_DECIMAL_PRECISION ? decimalType(precision, scale) : null;
}

export function isNumeric(type: ColumnType): boolean {
  return type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'double';
}

/** Precision and scale of an exact type; a 64-bit integer has 19 digits. */
export function digitsOf(type: ColumnType): { readonly precision: number; readonly scale: number } {
  return type.kind === 'decimal' ? type : { precision: 19, scale: 0 };
}

/** The type that holds all values of both without loss; double when no decimal can. */
export function commonNumeric(a: ColumnType, b: ColumnType): ColumnType {
  if (a.kind === 'double' || b.kind === 'double') return DOUBLE;
  if (a.kind === 'integer' && b.kind === 'integer') return INTEGER;
  const [x, y] = [digitsOf(a), digitsOf(b)];
  const scale = Math.max(x.scale, y.scale);
  const precision = Math.max(x.precision - x.scale, y.precision - y.scale) + scale;
  return precision <= MAX_DECIMAL_PRECISION ? decimalType(precision, scale) : DOUBLE;
}

/** The type of a sum, difference or product; one that would need more than 38 digits is a double. */
export function arithmeticType(
  operation: 'add' | 'subtract' | 'multiply',
  a: ColumnType,
  b: ColumnType,
): ColumnType {
  if (a.kind !== 'decimal' && b.kind !== 'decimal') return commonNumeric(a, b);
  if (a.kind === 'double' || b.kind === 'double') return DOUBLE;
  const [x, y] = [digitsOf(a), digitsOf(b)];
  const product = { precision: x.precision + y.precision, scale: x.scale + y.scale };
  const scale = Math.max(x.scale, y.scale);
  const sum = { precision: Math.max(x.precision - x.scale, y.precision - y.scale) + scale + 1, scale };
  const result = operation === 'multiply' ? product : sum;
  return result.precision <= MAX_DECIMAL_PRECISION ? decimalType(result.precision, result.scale) : DOUBLE;
}
