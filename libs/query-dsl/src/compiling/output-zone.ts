import { GovernedQuery, treatmentOf } from '../governed-query.js';
import { Dialect } from './dialect.js';
import { Parameters } from './expression-compiler.js';

/** The placeholder of the query's zone, or null where times stay in UTC or none is written: a parameter must be used. */
export function outputZone(query: GovernedQuery, dialect: Dialect, parameters: Parameters): string | null {
  const writesTime = query.items.some(
    ({ expression }) =>
      dialect.treatedType(treatmentOf(query, expression), expression.type).kind === 'timestamp',
  );
  return query.timezone === 'UTC' || !writesTime ? null : parameters.text(query.timezone);
}
