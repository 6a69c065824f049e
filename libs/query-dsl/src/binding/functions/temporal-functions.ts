import { DATE, INTEGER, TEXT, TIMESTAMP } from '@sluice/catalog';
import { refusal } from '../../refusal.js';
import { suggest } from '../../suggest.js';
import { BoundExpression } from '../bound.js';
import { writeDate } from '../calendar.js';
import { clockDate } from '../clock.js';
import { addUnits, isDayOrLonger, TIME_UNITS, TimeUnit } from '../time-units.js';
import { convert, literal, operation } from '../nodes.js';
import { unify } from '../unify.js';
import { toInstant, toLocal } from '../zoned.js';
import { argument, Call, FunctionFamily, INTEGERS, takes, TIMES } from './call.js';

/** The unit is a word of the language, not a value: it decides what is computed. */
function unitOf(call: Call): TimeUnit {
  const [arg] = call.args;
  const text = arg?.kind === 'literal' && typeof arg.value === 'string' ? arg.value : '';
  const unit = TIME_UNITS.find((known) => known === text.toLowerCase());
  if (unit) return unit;
  const message = `The unit of "${call.name}" must be one of ${TIME_UNITS.join(', ')}, in quotes.`;
  throw refusal('invalid-expression', message, call.places[0] ?? call.place, suggest(text, TIME_UNITS));
}

/** A time among the arguments; a text that is written out is read as one. */
function time(call: Call, index: number, beside: BoundExpression | undefined): BoundExpression {
  const arg = call.args[index];
  if (!arg) return argument(call, index, TIMES);
  const types = [arg, beside ?? literal(TIMESTAMP, null)];
  const isWritten = arg.kind === 'literal' && arg.type.kind === 'text';
  const [read = arg] = isWritten
    ? unify(types, `"${call.name}"`, call.places[index] ?? call.place, call.frame.timezone)
    : types;
  return argument({ ...call, args: call.args.with(index, read) }, index, TIMES);
}

function bindTrunc(call: Call): BoundExpression {
  const unit = unitOf(call);
  const value = argument(call, 1, TIMES);
  const { timezone } = call.frame;
  const word = literal(TEXT, unit);
  if (value.type.kind === 'date' && isDayOrLonger(unit)) {
    return convert(operation('date_trunc', [word, toLocal(value, timezone)], TIMESTAMP), DATE);
  }
  if (value.type.kind === 'date') return value;
  if (!isDayOrLonger(unit) && timezone !== 'UTC') {
    return operation('trunc-elapsed', [word, value, literal(TEXT, timezone)], TIMESTAMP);
  }
  return toInstant(operation('date_trunc', [word, toLocal(value, timezone)], TIMESTAMP), timezone);
}

function bindPart(call: Call): BoundExpression {
  const unit = literal(TEXT, unitOf(call));
  return operation('date_part', [unit, toLocal(argument(call, 1, TIMES), call.frame.timezone)], INTEGER);
}

function bindDiff(call: Call): BoundExpression {
  const unit = unitOf(call);
  const [a, b] = [time(call, 1, call.args[2]), time(call, 2, call.args[1])];
  const { timezone } = call.frame;
  const times = [toLocal(a, timezone), toLocal(b, timezone)];
  if (unit === 'week') return operation('weeks-between', times, INTEGER);
  return operation('date_diff', [literal(TEXT, unit), ...times], INTEGER);
}

function bindAdd(call: Call): BoundExpression {
  const unit = unitOf(call);
  const count = argument(call, 1, INTEGERS);
  const value = argument(call, 2, TIMES);
  if (value.type.kind === 'date' && !isDayOrLonger(unit)) {
    const message = `A date has no ${unit}s: cast it to timestamp, or use day, week, month, quarter or year.`;
    throw refusal('invalid-expression', message, call.places[0] ?? call.place);
  }
  return addUnits(value, count, unit, call.frame.timezone);
}

/** Dates, times and the clock, in the query's zone. */
export const TEMPORAL_FUNCTIONS: FunctionFamily = {
  date_trunc: takes(2, 2, bindTrunc),
  date_part: takes(2, 2, bindPart),
  date_diff: takes(3, 3, bindDiff),
  date_add: takes(3, 3, bindAdd),
  now: takes(0, 0, ({ frame }) => frame.clock.now),
  today: takes(0, 0, ({ frame }) => clockDate(writeDate(frame.clock.today), 'today()')),
};
