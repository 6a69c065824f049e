export const DAY_MICROS = 86_400_000_000n;
const MILLI = 1_000n;

export const floorDiv = (a: bigint, b: bigint): bigint => {
  const quotient = a / b;
  return quotient * b > a ? quotient - 1n : quotient;
};

export const micros = (date: Date): bigint => BigInt(date.getTime()) * MILLI;

/** A `Date` whose UTC fields are those of the instant, or of a local clock taken for UTC. Loses what is below a millisecond. */
export const clockOf = (value: bigint): Date => new Date(Number(floorDiv(value, MILLI)));

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const fields = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  } as const;
  const format = new Intl.DateTimeFormat('en-US', {
    ...fields,
    second: 'numeric',
    hourCycle: 'h23',
    era: 'short',
    calendar: 'gregory',
    timeZone: zone,
  });
  formats.set(zone, format);
  return format;
}

/** How far the local clock is ahead of UTC at an instant, in microseconds; from the platform's own zone data. */
export function offsetAt(instant: bigint, zone: string): bigint {
  if (zone === 'UTC') return 0n;
  const second = floorDiv(instant, 1_000_000n) * 1_000_000n;
  const key = `${zone} ${second}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = offsetOf(second, zone);
  offsets.set(key, offset);
  return offset;
}

/** The platform finds an offset slowly, and the same few are asked for again and again. */
const offsets = new Map<string, bigint>();

function offsetOf(second: bigint, zone: string): bigint {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(clockOf(second))
      .map(({ type, value }) => [type, value]),
  );
  const field = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
  const local = new Date(0);
  local.setUTCFullYear(
    parts.get('era') === 'BC' ? 1 - field('year') : field('year'),
    field('month') - 1,
    field('day'),
  );
  local.setUTCHours(field('hour'), field('minute'), field('second'));
  return micros(local) - second;
}

export const toLocal = (instant: bigint, zone: string): bigint => instant + offsetAt(instant, zone);

/**
 * The instant of a local time. One that the clock shows twice is the first of both; one that it skips is counted on with the offset
 * before the change.
 */
export function toInstant(local: bigint, zone: string): bigint {
  if (zone === 'UTC') return local;
  const before = offsetAt(local - 2n * DAY_MICROS, zone);
  const after = offsetAt(local + 2n * DAY_MICROS, zone);
  const candidates = [local - before, local - after].filter((instant) => toLocal(instant, zone) === local);
  if (candidates.length === 0) return local - before;
  return candidates.reduce((best, instant) => (instant < best ? instant : best));
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `2024-03-01`. */
export function writeDate(days: bigint): string {
  const date = clockOf(days * DAY_MICROS);
  return `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** ISO 8601 in the zone, with a fraction only where there is one. The offset is in whole minutes: those that the clocks' minute hands are apart. */
export function writeTimestamp(instant: bigint, zone: string): string {
  // Offsets are written in whole minutes; clocks before 1900 had seconds too, and are written so that the text still tells the instant.
  const minutes = floorDiv(toLocal(instant, zone), 60_000_000n) - floorDiv(instant, 60_000_000n);
  const shown = instant + minutes * 60_000_000n;
  const date = clockOf(shown);
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  const fraction = instant - floorDiv(instant, 1_000_000n) * 1_000_000n;
  const digits = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0')}`;
  return `${writeDate(floorDiv(shown, DAY_MICROS))}T${clock}${digits}${zone === 'UTC' ? 'Z' : writeOffset(Number(minutes))}`;
}

function writeOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Days of a date written `2024-03-01`. */
export const readDate = (text: string): bigint => floorDiv(micros(new Date(`${text}T00:00:00Z`)), DAY_MICROS);

/** Reads a time; local to the zone when it names none. At most six digits of a second. */
export function readTimestamp(text: string, zone: string): bigint {
  const match = /^(.{10})(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?$/i.exec(text);
  if (!match) throw new Error(`The generator wrote a time "${text}".`);
  const [, day = '', minute = '00:00', second = '00', fraction = '', offset] = match;
  const clock = micros(new Date(`${day}T${minute}:${second}Z`)) + BigInt(fraction.padEnd(6, '0'));
  if (offset === undefined) return toInstant(clock, zone);
  if (offset.toUpperCase() === 'Z') return clock;
  const size = BigInt(Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))) * 60_000_000n;
  return offset.startsWith('-') ? clock + size : clock - size;
}

/** The start of the unit that a local time is in. */
export function truncate(unit: string, local: bigint): bigint {
  const step = { second: 1_000_000n, minute: 60_000_000n, hour: 3_600_000_000n, day: DAY_MICROS }[unit];
  if (step) return floorDiv(local, step) * step;
  const date = clockOf(local);
  const day = new Date(0);
  if (unit === 'week') {
    const sinceMonday = (date.getUTCDay() + 6) % 7;
    return (floorDiv(local, DAY_MICROS) - BigInt(sinceMonday)) * DAY_MICROS;
  }
  const month = date.getUTCMonth();
  day.setUTCFullYear(
    date.getUTCFullYear(),
    unit === 'year' ? 0 : unit === 'quarter' ? month - (month % 3) : month,
    1,
  );
  return micros(day);
}

/** A field of a local time; weeks are those of ISO 8601. */
export function partOf(unit: string, local: bigint): bigint {
  const date = clockOf(local);
  switch (unit) {
    case 'year':
      return BigInt(date.getUTCFullYear());
    case 'quarter':
      return BigInt(Math.floor(date.getUTCMonth() / 3) + 1);
    case 'month':
      return BigInt(date.getUTCMonth() + 1);
    case 'week':
      return isoWeek(local);
    case 'day':
      return BigInt(date.getUTCDate());
    case 'hour':
      return BigInt(date.getUTCHours());
    case 'minute':
      return BigInt(date.getUTCMinutes());
    default:
      return BigInt(date.getUTCSeconds());
  }
}

/** The week belongs to the year that its Thursday is in. */
function isoWeek(local: bigint): bigint {
  const thursday = truncate('week', local) + 3n * DAY_MICROS;
  return (thursday - truncate('year', thursday)) / (7n * DAY_MICROS) + 1n;
}
