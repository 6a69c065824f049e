import {
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBPreparedStatement,
  DuckDBType,
  DuckDBValue,
  LIST,
  TIMESTAMP,
  VARCHAR,
  dateValue,
  decimalValue,
  listValue,
  timestampValue,
} from '@duckdb/node-api';
import { ColumnType } from '@sluice/catalog';
import { Parameter, ScalarValue } from '@sluice/query-dsl';
import { parseDays, parseDecimal, parseMicros } from './parse-literal.js';

/**
 * Binds every parameter as the type that the compiler gave it. Never left to the engine's guess: a number bound beside a text column
 * makes it cast the column, and the cast's error tells a foreign row's value.
 *
 * Throws a TypeError for a value that is not of its type; checked queries hold none.
 */
export function bindParameters(prepared: DuckDBPreparedStatement, parameters: readonly Parameter[]): void {
  if (prepared.parameterCount !== parameters.length) {
    throw new TypeError(`${parameters.length} parameters for ${prepared.parameterCount} places`);
  }
  parameters.forEach((parameter, index) => {
    const { value, type } = toBoundValue(parameter);
    prepared.bindValue(index + 1, value, type);
  });
}

/** A parameter as the engine's client takes it; lists carry their element type, which an empty one could not tell. */
export function toBoundValue({ type, value }: Parameter): { value: DuckDBValue; type: DuckDBType } {
  const element = engineType(type);
  if (!isList(value)) return { value: toEngineScalar(type, value), type: element };
  return { value: listValue(value.map((item) => toEngineScalar(type, item))), type: LIST(element) };
}

function isList(value: Parameter['value']): value is readonly ScalarValue[] {
  return Array.isArray(value);
}

function engineType(type: ColumnType): DuckDBType {
  switch (type.kind) {
    case 'text':
      return VARCHAR;
    case 'integer':
      return BIGINT;
    case 'decimal':
      return DECIMAL(type.precision, type.scale);
    case 'double':
      return DOUBLE;
    case 'boolean':
      return BOOLEAN;
    case 'date':
      return DATE;
    case 'timestamp':
      return TIMESTAMP;
  }
}

function toEngineScalar(type: ColumnType, value: ScalarValue): DuckDBValue {
  if (value === null) return null;
  switch (type.kind) {
    case 'text':
      return wellFormed(expectString(type, value));
    case 'integer':
      return int64(value);
    case 'decimal':
      return decimalValue(parseDecimal(expectString(type, value), type), type.precision, type.scale);
    case 'double':
      return expect(typeof value === 'number', type, value);
    case 'boolean':
      return expect(typeof value === 'boolean', type, value);
    case 'date':
      return dateValue(parseDays(expectString(type, value)));
    case 'timestamp':
      return timestampValue(parseMicros(expectString(type, value)));
  }
}

/** A lone surrogate would become U+FFFD on the way, so that two different inputs meet. */
function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a text parameter is not well-formed UTF-16');
  return text;
}

/** Beyond 64 bits the client would bind a HUGEINT, and the comparison would widen the column. */
function int64(value: ScalarValue): bigint {
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) {
    throw new TypeError('an integer parameter is not a 64-bit bigint');
  }
  return value;
}

function expectString(type: ColumnType, value: ScalarValue): string {
  if (typeof value !== 'string') throw mismatch(type, value);
  return value;
}

function expect(fits: boolean, type: ColumnType, value: ScalarValue): DuckDBValue {
  if (!fits) throw mismatch(type, value);
  return value;
}

function mismatch(type: ColumnType, value: ScalarValue): TypeError {
  return new TypeError(`a ${type.kind} parameter holds a ${typeof value}`);
}
