import { clockOf, DAY_MICROS, floorDiv, micros, readDate, toInstant, toLocal, truncate } from './times.js';

const SECONDS: Readonly<Record<string, bigint>> = { hour: 3_600n, minute: 60n, second: 1n };
const DAYS: Readonly<Record<string, bigint>> = { day: 1n, week: 7n };
const MONTHS: Readonly<Record<string, bigint>> = { month: 1n, quarter: 3n, year: 12n };

/** Past this many units every time of these tests is out of the engine's range. */
const FAR = 10n ** 9n;

export const isDayOrLonger = (unit: string): boolean => !(unit in SECONDS);

/** A local time, or a date as its midnight, plus days or longer; a day that the month has not becomes its last. */
export function addToLocal(unit: string, count: bigint, local: bigint): bigint {
  const days = DAYS[unit];
  if (days !== undefined) return local + count * days * DAY_MICROS;
  const date = clockOf(local);
  const month = BigInt(date.getUTCFullYear() * 12 + date.getUTCMonth()) + count * (MONTHS[unit] ?? 0n);
  const [year, ofYear] = [Number(floorDiv(month, 12n)), Number(month - floorDiv(month, 12n) * 12n)];
  const last = new Date(0);
  last.setUTCFullYear(year, ofYear + 1, 0);
  const moved = new Date(0);
  moved.setUTCFullYear(year, ofYear, Math.min(date.getUTCDate(), last.getUTCDate()));
  return micros(moved) + (local - truncate('day', local));
}

/** An instant plus so many units: elapsed time up to hours, on the local clock from days on. Null when out of range. */
export function addToInstant(unit: string, count: bigint, instant: bigint, zone: string): bigint | null {
  if (count > FAR || count < -FAR) return null;
  const seconds = SECONDS[unit];
  if (seconds !== undefined) return instant + count * seconds * 1_000_000n;
  return toInstant(addToLocal(unit, count, toLocal(instant, zone)), zone);
}

export function addToDate(unit: string, count: bigint, days: bigint): bigint | null {
  if (count > FAR || count < -FAR) return null;
  return floorDiv(addToLocal(unit, count, days * DAY_MICROS), DAY_MICROS);
}

/** How many beginnings of a unit lie between two local times. */
export function unitsBetween(unit: string, from: bigint, to: bigint): bigint {
  const seconds = SECONDS[unit] ?? (DAYS[unit] ?? 0n) * 86_400n;
  if (seconds > 0n) return (truncate(unit, to) - truncate(unit, from)) / (seconds * 1_000_000n);
  const months = (local: bigint): bigint => {
    const date = clockOf(truncate(unit, local));
    return BigInt(date.getUTCFullYear() * 12 + date.getUTCMonth());
  };
  return (months(to) - months(from)) / (MONTHS[unit] ?? 1n);
}

/** Days of a stretch of the calendar, the first included, the last excluded. `today` is the day on which the query is asked. */
export function stretchOf(text: string, today: bigint): readonly [bigint, bigint] {
  const named = { yesterday: -1n, today: 0n, tomorrow: 1n }[text];
  if (named !== undefined) return [today + named, today + named + 1n];
  const [which = '', word = ''] = text.split(' ');
  const moved = { last: -1n, this: 0n, next: 1n }[which];
  if (moved !== undefined) return from(word, addToLocal(word, moved, truncate(word, today * DAY_MICROS)));
  const week = /^(\d{4})-W(\d\d)$/.exec(text);
  // The fourth of January is always in the first week.
  if (week)
    return from(
      'week',
      addToLocal(
        'week',
        BigInt(week[2] ?? 1) - 1n,
        truncate('week', readDate(`${week[1]}-01-04`) * DAY_MICROS),
      ),
    );
  const quarter = /^(\d{4})-Q(\d)$/.exec(text);
  if (quarter)
    return from(
      'quarter',
      addToLocal('quarter', BigInt(quarter[2] ?? 1) - 1n, readDate(`${quarter[1]}-01-01`) * DAY_MICROS),
    );
  const unit = { 4: 'year', 7: 'month', 10: 'day' }[text.length] ?? '';
  return from(unit, readDate(`${text}-01-01`.slice(0, 10)) * DAY_MICROS);
}

function from(unit: string, start: bigint): readonly [bigint, bigint] {
  return [floorDiv(start, DAY_MICROS), floorDiv(addToLocal(unit, 1n, start), DAY_MICROS)];
}
