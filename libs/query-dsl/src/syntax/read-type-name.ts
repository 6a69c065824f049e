import { ColumnType, parseColumnType } from '@sluice/catalog';
import { refusal } from '../refusal.js';
import { suggest } from '../suggest.js';
import { Place } from './expression.js';

const TYPE_NAMES = ['text', 'integer', 'decimal', 'double', 'boolean', 'date', 'timestamp'];

/** The type of a `cast`: a name of the catalogue, `decimal` with precision and scale. Throws `invalid-expression`. */
export function readTypeName(name: string, digits: readonly string[], place: Place): ColumnType {
  const type = parseColumnType(digits.length > 0 ? `${name}(${digits.join(',')})` : name);
  if (type) return type;
  if (name === 'decimal') {
    const message = 'A decimal is written decimal(p,s), with 0 <= s <= p and 1 <= p <= 38.';
    throw refusal('invalid-expression', message, place);
  }
  if (TYPE_NAMES.includes(name))
    throw refusal('invalid-expression', `The type ${name} takes no numbers.`, place);
  const message = `There is no type "${name.slice(0, 64)}"; there are ${TYPE_NAMES.join(', ')}.`;
  throw refusal('invalid-expression', message, place, suggest(name, TYPE_NAMES));
}
