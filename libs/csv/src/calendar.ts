const DAYS_OF_ERA = 146_097;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH = 719_468;

export interface CivilDay {
  /** Astronomical: 0 is the year before 1. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/**
 * The day of the proleptic Gregorian calendar so many days after 1970-01-01. Years are counted from March, so that a leap day ends one;
 * unlike `Date`, this reaches as far as an engine's days do.
 */
export function civilDay(days: number): CivilDay {
  const fromMarch = days + EPOCH;
  const era = Math.floor(fromMarch / DAYS_OF_ERA);
  const dayOfEra = fromMarch - era * DAYS_OF_ERA;
  const leapDays =
    Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

/** A number with zeros before it. */
export const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');

/** `2024-02-29`, `0044-03-15 (BC)`, `infinity`. */
export function dayText(days: number): string {
  if (!Number.isFinite(days)) return days > 0 ? 'infinity' : '-infinity';
  const { year, month, day } = civilDay(days);
  const text = `${padded(year > 0 ? year : 1 - year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
  return year > 0 ? text : `${text} (BC)`;
}
