import { DATE, INTEGER, TIMESTAMP } from '@sluice/catalog';
import { BoundExpression, OperationName } from './bound.js';
import { convert, literal, operation } from './nodes.js';
import { toInstant, toLocal } from './zoned.js';

export const TIME_UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

/** What a unit is counted in, and how many of it make one. */
const COUNTED: Readonly<Record<TimeUnit, readonly ['add-months' | 'add-days' | 'add-seconds', bigint]>> = {
  year: ['add-months', 12n],
  quarter: ['add-months', 3n],
  month: ['add-months', 1n],
  week: ['add-days', 7n],
  day: ['add-days', 1n],
  hour: ['add-seconds', 3_600n],
  minute: ['add-seconds', 60n],
  second: ['add-seconds', 1n],
};

/** Whether a unit is one of the calendar, so that it depends on the zone how long it is. */
export const isDayOrLonger = (unit: TimeUnit): boolean => COUNTED[unit][0] !== 'add-seconds';

/** Days that a unit is counted as: whole for weeks and days, undefined for shorter ones; months by themselves. */
export function monthsOrDays(unit: TimeUnit): { readonly months: number } | { readonly days: number } | null {
  const [counted, factor] = COUNTED[unit];
  if (counted === 'add-seconds') return null;
  return counted === 'add-months' ? { months: Number(factor) } : { days: Number(factor) };
}

/** `value` plus `count` units: the calendar's on the local clock of the zone, shorter ones as elapsed time. */
export function addUnits(
  value: BoundExpression,
  count: BoundExpression,
  unit: TimeUnit,
  timezone: string,
): BoundExpression {
  const [name, factor] = COUNTED[unit];
  const added = (time: BoundExpression): BoundExpression =>
    operation(name satisfies OperationName, [time, count, literal(INTEGER, factor)], TIMESTAMP);
  if (name === 'add-seconds') return added(value);
  const moved = added(toLocal(value, timezone));
  return value.type.kind === 'date' ? convert(moved, DATE) : toInstant(moved, timezone);
}
