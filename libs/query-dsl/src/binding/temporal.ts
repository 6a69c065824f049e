import { readDate, two, writeDate } from './calendar.js';

const TIME_PATTERN =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:\d{2})?)?$/i;

const [FIRST_SECOND, LAST_SECOND] = [-62_167_219_200, 253_402_300_799];

/** An ISO 8601 time, read. Microseconds since 1970-01-01, of the instant if a zone was given, else of the local clock. */
export interface ParsedTime {
  readonly micros: bigint;
  readonly hasZone: boolean;
}

/** Whether `text` is a day of the calendar, written `2024-03-01`. */
export function isDate(text: string): boolean {
  return readDate(text) !== undefined;
}

/** Reads `2024-03-01`, `2024-03-01T12:30`, `2024-03-01T12:30:15.123456+02:00`, …; undefined when it is none of them. */
export function parseTime(text: string): ParsedTime | undefined {
  const match = TIME_PATTERN.exec(text);
  if (!match) return undefined;
  const [, day = '', hour = '00', minute = '00', second = '00', fraction = '', zone] = match;
  const days = readDate(day);
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offset = zone === undefined ? 0 : offsetMinutes(zone);
  if (offset === undefined) return undefined;
  const seconds = ((days * 24 + Number(hour)) * 60 + Number(minute) - offset) * 60 + Number(second);
  // An offset may lead out of the years that can be written.
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) return undefined;
  return {
    micros: BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0')),
    hasZone: zone !== undefined,
  };
}

/** Writes microseconds since 1970 as `2024-03-01T12:30:15.123456`. */
export function formatMicros(micros: bigint): string {
  const seconds = floorDiv(micros, 1_000_000n);
  const days = Number(floorDiv(seconds, 86_400n));
  const ofDay = Number(seconds - BigInt(days) * 86_400n);
  const clock = [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60].map(two).join(':');
  const fraction = (micros - seconds * 1_000_000n).toString().padStart(6, '0');
  return `${writeDate(days)}T${clock}.${fraction}`;
}

/** The quotient, rounded down. `b` is above 0. */
export const floorDiv = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b));

function offsetMinutes(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
  if (hours > 15 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * (zone.startsWith('-') ? -1 : 1);
}
