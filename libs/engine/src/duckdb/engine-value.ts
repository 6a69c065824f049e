import { DuckDBDateValue, DuckDBTimestampValue, DuckDBValue } from '@duckdb/node-api';
import { EngineValue } from '../analytic-engine.js';

/**
 * Turns a result value into what the port promises: text for whatever has no JavaScript type. Dates and timestamps come in the form
 * that parameters take (`2024-03-01`, `2024-03-01T12:00:00.123456`), so that a value can be asked for again.
 */
export function toEngineValue(value: DuckDBValue): EngineValue {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof DuckDBTimestampValue) return value.toString().replace(' ', 'T');
  if (value instanceof DuckDBDateValue) return value.toString();
  return value.toString();
}
