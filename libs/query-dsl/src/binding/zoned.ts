import { DATE, TEXT, TIMESTAMP } from '@sluice/catalog';
import { BoundExpression } from './bound.js';
import { convert, isNull, literal, operation } from './nodes.js';
import { formatMicros, parseTime } from './temporal.js';

/**
 * Between instants and the local clock of a zone. Instants are stored in UTC, so that in UTC nothing needs to be done, and
 * the text of a query says so: UTC or not belongs to its shape.
 */
const isUtc = (timezone: string): boolean => timezone === 'UTC';

/** What the local clock shows at an instant, or at a date's midnight: a time without zone. */
export function toLocal(expression: BoundExpression, timezone: string): BoundExpression {
  if (expression.type.kind === 'date') return convert(expression, TIMESTAMP);
  if (isUtc(timezone)) return expression;
  return operation('instant-to-local', [expression, literal(TEXT, timezone)], TIMESTAMP);
}

/** The instant of a local time. */
export function toInstant(local: BoundExpression, timezone: string): BoundExpression {
  if (isUtc(timezone)) return local;
  return operation('local-to-instant', [local, literal(TEXT, timezone)], TIMESTAMP);
}

/** A date as the instant of its local midnight; instants as they are. */
export function asInstant(expression: BoundExpression, timezone: string): BoundExpression {
  if (expression.type.kind !== 'date' || isNull(expression)) return convert(expression, TIMESTAMP);
  return toInstant(convert(expression, TIMESTAMP), timezone);
}

/** The local day of an instant. */
export function toDay(expression: BoundExpression, timezone: string): BoundExpression {
  return convert(toLocal(expression, timezone), DATE);
}

/** A time that is written out, local to the zone when it names none itself; undefined when it is no time. */
export function writtenInstant(text: string, timezone: string): BoundExpression | undefined {
  const time = parseTime(text);
  if (!time) return undefined;
  const value = literal(TIMESTAMP, formatMicros(time.micros));
  return time.hasZone ? value : toInstant(value, timezone);
}
