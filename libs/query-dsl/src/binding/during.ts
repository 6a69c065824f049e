import { DATE } from '@sluice/catalog';
import { refusal } from '../refusal.js';
import { suggest } from '../suggest.js';
import { Place } from '../syntax/expression.js';
import { BoundExpression } from './bound.js';
import { addMonths, civilOf, daysOf, firstMondayOf, mondayOf, readDate, writeDate } from './calendar.js';
import { clockDate } from './clock.js';
import { Frame } from './frame.js';
import { ConditionPlaces } from './in-last.js';
import { literal, operation } from './nodes.js';
import { asInstant } from './zoned.js';

/** Days since 1970: the first, and the one after the last. */
type Stretch = readonly [start: number, end: number];

type StretchUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

const LAST_DAY = daysOf({ year: 9999, month: 12, day: 31 });
const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** The phrases that hang on the clock: a unit, and how many of it away. */
const PHRASES = new Map<string, readonly [StretchUnit, number]>([
  ['today', ['day', 0]],
  ['yesterday', ['day', -1]],
  ['tomorrow', ['day', 1]],
  ...(['week', 'month', 'quarter', 'year'] as const).flatMap((unit) =>
    (
      [
        ['this', 0],
        ['last', -1],
        ['next', 1],
      ] as const
    ).map(([word, away]) => [`${word} ${unit}`, [unit, away]] as const),
  ),
]);

/**
 * `during`: from the first local midnight of a stretch of the calendar, included, to the one after it, excluded. Throws `type-mismatch`
 * for a column that is no date or time, `invalid-request` for a stretch that cannot be read.
 */
export function bindDuring(
  subject: BoundExpression,
  text: string,
  places: ConditionPlaces,
  { clock, timezone }: Frame,
): BoundExpression {
  const { kind } = subject.type;
  if (kind !== 'timestamp' && kind !== 'date') {
    throw refusal('type-mismatch', '"during" needs a date or a timestamp.', places.condition);
  }
  const phrase = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const relative = PHRASES.get(phrase);
  const stretch = relative ? around(clock.today, ...relative) : written(phrase);
  // The day after the year 9999 cannot be written.
  if (!stretch || stretch[1] > LAST_DAY) throw unreadable(phrase, places.value);
  const bounds = stretch.map((days, index) => {
    const date = writeDate(days);
    const name = `${index === 0 ? 'start' : 'end'} of ${phrase}`;
    const bound = relative ? clockDate(date, name) : literal(DATE, date);
    return kind === 'date' ? bound : asInstant(bound, timezone);
  });
  const [start, end] = bounds as unknown as readonly [BoundExpression, BoundExpression];
  return operation('and', [operation('gte', [subject, start]), operation('lt', [subject, end])]);
}

function around(today: number, unit: StretchUnit, away: number): Stretch {
  if (unit === 'day') return [today + away, today + away + 1];
  if (unit === 'week') return [mondayOf(today) + away * 7, mondayOf(today) + (away + 1) * 7];
  const months = MONTHS[unit];
  const { year, month } = civilOf(today);
  const first = daysOf({ year, month: month - ((month - 1) % months), day: 1 });
  return [addMonths(first, away * months), addMonths(first, (away + 1) * months)];
}

/** `2024`, `2024-q1`, `2024-03`, `2024-w10` or `2024-03-05`; undefined when it is none, or not in the calendar. */
function written(phrase: string): Stretch | undefined {
  const day = readDate(phrase);
  if (day !== undefined) return [day, day + 1];
  const [, yearText, kind = '', numberText = '1'] = /^(\d{4})(?:-(q|w)?(\d{1,2}))?$/.exec(phrase) ?? [];
  if (yearText === undefined) return undefined;
  const [year, number] = [Number(yearText), Number(numberText)];
  if (!phrase.includes('-')) return months(year, 1, 12);
  if (kind === 'q') return number >= 1 && number <= 4 ? months(year, number * 3 - 2, 3) : undefined;
  if (numberText.length !== 2) return undefined;
  if (kind === 'w') return week(year, number);
  return number >= 1 && number <= 12 ? months(year, number, 1) : undefined;
}

function months(year: number, month: number, count: number): Stretch {
  const first = daysOf({ year, month, day: 1 });
  return [first, addMonths(first, count)];
}

function week(year: number, number: number): Stretch | undefined {
  const monday = firstMondayOf(year) + (number - 1) * 7;
  return number >= 1 && monday < firstMondayOf(year + 1) ? [monday, monday + 7] : undefined;
}

function unreadable(phrase: string, place: Place): Error {
  const message =
    'A stretch of the calendar is "today", "yesterday", "tomorrow", this, last or next with week, month, quarter or year, or written as 2024, 2024-Q1, 2024-03, 2024-W10 or 2024-03-05.';
  return refusal('invalid-request', message, place, suggest(phrase, PHRASES.keys()));
}
