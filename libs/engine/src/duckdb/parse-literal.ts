const MICROS_PER_SECOND = 1_000_000n;
const MS_PER_DAY = 86_400_000;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/;
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Days since 1970-01-01 of `2024-03-01`, in the proleptic Gregorian calendar. Throws a TypeError for any other text. */
export function parseDays(text: string): number {
  const [, year, month, day] = (DATE.exec(text) ?? refuse('date')).map(Number);
  const date = new Date(0);
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year ?? 0, (month ?? 0) - 1, day);
  if (date.toISOString().slice(0, 10) !== text) refuse('date');
  return date.getTime() / MS_PER_DAY;
}

/**
 * Microseconds since 1970-01-01T00:00:00 UTC of `2024-03-01T12:00:00.123456`, with a T or a space. Throws a TypeError for any other
 * text, above all for one with a zone, which the engine would silently drop.
 */
export function parseMicros(text: string): bigint {
  const [, date = '', hours, minutes, seconds, fraction = ''] = TIMESTAMP.exec(text) ?? refuse('timestamp');
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  if (h > 23 || m > 59 || s > 59) refuse('timestamp');
  const whole = BigInt(parseDays(date)) * 86_400n + BigInt(h * 3600 + m * 60 + s);
  return whole * MICROS_PER_SECOND + BigInt(fraction.padEnd(6, '0'));
}

/** The digits of a decimal without its point. Throws a TypeError when it does not fit exactly: nothing is ever rounded. */
export function parseDecimal(text: string, type: { precision: number; scale: number }): bigint {
  const [, sign, whole = '', fraction = ''] = DECIMAL.exec(text) ?? refuse('decimal');
  const kept = fraction.slice(0, type.scale).padEnd(type.scale, '0');
  if (/[1-9]/.test(fraction.slice(type.scale))) refuse('decimal');
  const digits = BigInt(whole + kept);
  if (digits >= 10n ** BigInt(type.precision)) refuse('decimal');
  return sign === '-' ? -digits : digits;
}

/** The value itself stays out of the message: it may be somebody's. */
function refuse(kind: string): never {
  throw new TypeError(`a ${kind} parameter is not written as one`);
}
