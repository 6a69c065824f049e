import { digitsOf, DOUBLE, INT64_MAX, INT64_MIN, Type, typeName, Value } from './types.js';

/** `unscaled / 10^scale`. */
export interface Exact {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** Reads a number as it is written, with every digit. */
export function readExact(text: string): Exact {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${whole}${fraction}`);
  return scale < 0 ? { unscaled: digits * 10n ** BigInt(-scale), scale: 0 } : { unscaled: digits, scale };
}

/** Writes a decimal with all digits of its scale. */
export function writeExact(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled);
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export function compareExact(a: Exact, b: Exact): number {
  const left = a.unscaled * 10n ** BigInt(b.scale);
  const right = b.unscaled * 10n ** BigInt(a.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

export const inInt64 = (value: bigint): bigint | null =>
  value >= INT64_MIN && value <= INT64_MAX ? value : null;

/** The rest of a division, with the sign of what is divided; of two values of one type. NULL for a division by zero. */
export function modulo([a = null, b = null]: readonly Value[], type: Type): Value {
  if (typeof a === 'number') return b === 0 ? null : a % (b as number);
  if (a === null || b === null || b === 0n) return null;
  // The quotient of this one pair is no 64-bit integer, and an overflow is NULL.
  if (type.kind === 'integer' && b === -1n && inInt64(-(a as bigint)) === null) return null;
  return (a as bigint) % (b as bigint);
}

/** A number of one type as a number of a wider one. */
export function convertNumber(value: bigint | number, from: Type, to: Type): Value {
  if (typeName(from) === typeName(to)) return value;
  if (to.kind === 'double') return typeof value === 'number' ? value : toDouble(value, digitsOf(from).scale);
  if (typeof value === 'number')
    throw new Error(`A ${typeName(from)} is not converted to ${typeName(to)} here.`);
  return value * 10n ** BigInt(digitsOf(to).scale - digitsOf(from).scale);
}

/**
 * The double of a decimal, as the engine finds it: whole and fraction apart when the digits do not fit into 53 bits. That may be
 * one unit in the last place off the nearest, and a comparison would show it.
 */
export function toDouble(unscaled: bigint, scale: number): number {
  const power = 10n ** BigInt(scale);
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  if (magnitude <= 2n ** 53n || scale === 0) return ofWhole(unscaled) / Number(power);
  return ofWhole(unscaled / power) + ofWhole(unscaled % power) / Number(power);
}

/** The engine holds wide integers in two halves of 64 bits, and rounds each of them. */
function ofWhole(value: bigint): number {
  const high = value >> 64n;
  if (high === 0n || high === -1n) return Number(value);
  return Number(value & (2n ** 64n - 1n)) + Number(high) * 2 ** 64;
}

/** To the nearest whole number, halves away from zero. */
export function roundHalfAway(value: number): number {
  if (!Number.isFinite(value)) return value;
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

/** `round(value, digits)`; where the scaled value is out of range, the value stays as it is or is lost in zero. */
export function roundTo(value: number, digits: number): number {
  const modifier = Number(`1e${Math.abs(digits)}`);
  if (digits >= 0) {
    const rounded = roundHalfAway(value * modifier) / modifier;
    return Number.isFinite(rounded) ? rounded : value;
  }
  const rounded = roundHalfAway(value / modifier) * modifier;
  return Number.isFinite(rounded) ? rounded : 0;
}

/** The type of a number that stands by itself in an expression. */
export function literalType(text: string): Type {
  if (/e/i.test(text)) return DOUBLE;
  const { unscaled, scale } = readExact(text);
  if (scale === 0 && inInt64(unscaled) !== null) return { kind: 'integer' };
  const digits = String(unscaled).replace('-', '').length;
  const precision = Math.max(digits, scale);
  return precision > 38 ? DOUBLE : { kind: 'decimal', precision, scale };
}
