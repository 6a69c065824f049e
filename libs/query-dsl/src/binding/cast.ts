import { ColumnType, formatColumnType, TEXT } from '@sluice/catalog';
import { refusal } from '../refusal.js';
import { Place } from '../syntax/expression.js';
import { BoundExpression } from './bound.js';
import { isNull, literal, operation, sameType } from './nodes.js';
import { asInstant, toDay } from './zoned.js';

type Kind = ColumnType['kind'];

const NUMBERS: readonly Kind[] = ['integer', 'decimal', 'double'];

/** To which kinds each kind can be cast, besides its own. */
const OFFERED: Readonly<Record<Kind, readonly Kind[]>> = {
  text: [...NUMBERS, 'boolean', 'date', 'timestamp'],
  integer: [...NUMBERS, 'text'],
  decimal: [...NUMBERS, 'text'],
  double: [...NUMBERS, 'text'],
  boolean: ['text'],
  date: ['text', 'timestamp'],
  timestamp: ['text', 'date'],
};

/** `cast(value as type)`: NULL where a value does not fit. Throws `type-mismatch` for a pair of types that is not offered. */
export function bindCast(
  value: BoundExpression,
  type: ColumnType,
  place: Place,
  timezone: string,
): BoundExpression {
  if (isNull(value)) return literal(type, null);
  if (sameType(value.type, type)) return value;
  const from = value.type.kind;
  if (from !== type.kind && !OFFERED[from].includes(type.kind)) {
    const message = `A ${from} cannot be cast to ${formatColumnType(type)}; it can be to ${OFFERED[from].join(', ')}.`;
    throw refusal('type-mismatch', message, place);
  }
  if (from === 'timestamp' && type.kind === 'date') return toDay(value, timezone);
  if (from === 'date' && type.kind === 'timestamp') return asInstant(value, timezone);
  // The zone is an argument only where a text holds a local time, so that all other casts are the same in each zone.
  const isLocal = timezone !== 'UTC' && (from === 'timestamp' || type.kind === 'timestamp');
  return operation('cast', isLocal ? [value, literal(TEXT, timezone)] : [value], type);
}
