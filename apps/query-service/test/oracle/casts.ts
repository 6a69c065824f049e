import { Exact, inInt64, readExact, roundHalfAway, toDouble, writeExact } from './numbers.js';
import {
  DAY_MICROS,
  floorDiv,
  readDate,
  readTimestamp,
  toInstant,
  toLocal,
  writeDate,
  writeTimestamp,
} from './times.js';
import { digitsOf, Type, typeName, Value } from './types.js';

type Known = Exclude<Value, null>;

/** What a cast gives; NULL for what does not fit. */
export function cast(value: Known, from: Type, to: Type, zone: string): Value {
  if (typeName(from) === typeName(to)) return value;
  if (to.kind === 'text') return writeText(value, from, zone);
  if (from.kind === 'text') return readText(String(value), to, zone);
  if (from.kind === 'timestamp') return floorDiv(toLocal(value as bigint, zone), DAY_MICROS);
  if (from.kind === 'date') return toInstant((value as bigint) * DAY_MICROS, zone);
  if (typeof value !== 'number') {
    const exact = { unscaled: value as bigint, scale: digitsOf(from).scale };
    return to.kind === 'double' ? toDouble(exact.unscaled, exact.scale) : fit(exact, to);
  }
  if (!Number.isFinite(value)) return null;
  return to.kind === 'integer' ? inInt64(BigInt(roundHalfAway(value))) : fit(readExact(String(value)), to);
}

/** A number at the scale of a type, halves rounded away from zero; NULL when it has too many digits. */
function fit({ unscaled, scale }: Exact, to: Type): Value {
  const { precision, scale: wanted } = digitsOf(to);
  const rounded =
    scale <= wanted
      ? unscaled * 10n ** BigInt(wanted - scale)
      : roundTo(unscaled, 10n ** BigInt(scale - wanted));
  if (to.kind === 'integer') return inInt64(rounded);
  const most = 10n ** BigInt(precision);
  return rounded < most && rounded > -most ? rounded : null;
}

function roundTo(unscaled: bigint, divisor: bigint): bigint {
  const [quotient, rest] = [unscaled / divisor, unscaled % divisor];
  const size = rest < 0n ? -rest : rest;
  if (size * 2n < divisor) return quotient;
  return quotient + (unscaled < 0n ? -1n : 1n);
}

function writeText(value: Known, from: Type, zone: string): string {
  switch (from.kind) {
    case 'integer':
    case 'decimal':
      return writeExact(value as bigint, digitsOf(from).scale);
    case 'double':
      return writeDouble(value as number);
    case 'date':
      return writeDate(value as bigint);
    case 'timestamp':
      return writeTimestamp(value as bigint, zone);
    default:
      return String(value);
  }
}

/** The shortest digits that read back; with an exponent below 1e-4 and from 1e16 on. */
function writeDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}inf`;
  const [mantissa = '', power = '0'] = Math.abs(value).toExponential().split('e');
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const digits = mantissa.replace('.', '');
  const { unscaled, scale } = readExact(`${digits}e${exponent - digits.length + 1}`);
  return `${sign}${writeExact(unscaled, scale)}${scale === 0 ? '.0' : ''}`;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME =
  /^(\d{4}-\d\d-\d\d)(?:[t ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(?:z|[+-]\d\d:\d\d)?)?$/i;

function readText(text: string, to: Type, zone: string): Value {
  switch (to.kind) {
    case 'boolean':
      return /^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : null;
    case 'date':
      return isDay(text) ? readDate(text) : null;
    case 'timestamp':
      return isDay(TIME.exec(text)?.[1] ?? '') ? readTimestamp(text, zone) : null;
    case 'double':
      return NUMBER.test(text) ? Number(text) : null;
    default:
      return NUMBER.test(text) ? fit(readExact(text), to) : null;
  }
}

function isDay(text: string): boolean {
  if (!DATE.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
