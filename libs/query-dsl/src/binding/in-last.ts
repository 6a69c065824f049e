import { INTEGER } from '@sluice/catalog';
import { checkLimit, refusal } from '../refusal.js';
import { Place } from '../syntax/expression.js';
import { BoundExpression } from './bound.js';
import { addMonths, writeDate } from './calendar.js';
import { clockDate } from './clock.js';
import { Frame } from './frame.js';
import { literal, operation } from './nodes.js';
import { addUnits, monthsOrDays, TIME_UNITS, TimeUnit } from './time-units.js';
import { suggest } from '../suggest.js';

/** Where a condition stands, and its value. */
export interface ConditionPlaces {
  readonly value: Place;
  readonly condition: Place;
}

interface Span {
  readonly count: number;
  readonly unit: TimeUnit;
}

/** Short forms; `m` is none of them, since it may mean minutes or months. */
const SHORT: Readonly<Record<string, TimeUnit>> = {
  s: 'second',
  sec: 'second',
  min: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  q: 'quarter',
  y: 'year',
};
const UNIT_WORDS = new Map<string, TimeUnit>(
  [...Object.entries(SHORT), ...TIME_UNITS.map((unit) => [unit, unit] as const)].flatMap(([word, unit]) => [
    [word, unit],
    [`${word}s`, unit],
  ]),
);

/** What a misspelt unit is compared with: the short forms are near to anything. */
const LONG_WORDS = TIME_UNITS.flatMap((unit) => [unit, `${unit}s`]);

const YEARS: Readonly<Record<TimeUnit, number>> = {
  year: 1,
  quarter: 1 / 4,
  month: 1 / 12,
  week: 1 / 52,
  day: 1 / 365,
  hour: 1 / 8_760,
  minute: 1 / 525_600,
  second: 1 / 31_536_000,
};

/**
 * `inLast`: after now less a length of time, up to now; on a date, the same with today and whole days. Throws `type-mismatch` for
 * any other column, `invalid-request` for a length that cannot be read or does not fit.
 */
export function bindInLast(
  subject: BoundExpression,
  text: string,
  places: ConditionPlaces,
  frame: Frame,
): BoundExpression {
  const { kind } = subject.type;
  if (kind !== 'timestamp' && kind !== 'date') {
    throw refusal('type-mismatch', '"inLast" needs a date or a timestamp.', places.condition);
  }
  const span = readSpan(text, places.value);
  const [start, end] = kind === 'date' ? days(span, places.value, frame) : instants(span, frame);
  return operation('and', [operation('gt', [subject, start]), operation('lte', [subject, end])]);
}

type Bounds = readonly [BoundExpression, BoundExpression];

function instants({ count, unit }: Span, { clock, timezone }: Frame): Bounds {
  return [addUnits(clock.now, literal(INTEGER, BigInt(-count)), unit, timezone), clock.now];
}

function days({ count, unit }: Span, place: Place, { clock: { today } }: Frame): Bounds {
  const step = monthsOrDays(unit);
  if (!step) {
    throw refusal('invalid-request', `A date has no ${unit}s: use days, weeks, months or years.`, place);
  }
  const start = 'months' in step ? addMonths(today, -count * step.months) : today - count * step.days;
  return [clockDate(writeDate(start), `today() - ${count} ${unit}`), clockDate(writeDate(today), 'today()')];
}

function readSpan(text: string, place: Place): Span {
  const [, digits = '', word = ''] = /^(\d{1,12}) ?([A-Za-z]{1,16})$/.exec(text) ?? [];
  const count = Number(digits);
  const unit = UNIT_WORDS.get(word.toLowerCase());
  if (unit && count > 0) {
    checkLimit(
      'lastYears',
      Math.ceil(count * YEARS[unit]),
      'The length is too long, in years',
      place.pointer,
    );
    return { count, unit };
  }
  if (word.toLowerCase() === 'm') {
    const message = `"${text}" may mean minutes or months: write min or mo.`;
    throw refusal('invalid-request', message, place, `${digits}min`);
  }
  const near = word === '' || unit ? undefined : suggest(word, LONG_WORDS);
  const message = `A length of time is a whole number above 0 and a unit, such as "7d", "3 months" or "90 min".`;
  throw refusal('invalid-request', message, place, near && `${digits} ${near}`);
}
