import {
  BOOLEAN,
  ColumnType,
  DATE,
  DOUBLE,
  INTEGER,
  TEXT,
  TIMESTAMP,
  decimalType,
  parseColumnType,
} from '@sluice/catalog';

/** How a column of a source becomes one of the catalogue's types. */
export interface Normalised {
  readonly type: ColumnType;
  /** SQL over the quoted source column. Raises when a value does not fit, so that nothing is changed silently. */
  readonly expression: string;
}

const BIGINT_TYPES = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER'];
/** Wider than 64 bits signed. */
const WIDE_INTEGER_TYPES = ['UBIGINT', 'HUGEINT', 'UHUGEINT'];
const TIMESTAMP_TYPES = ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS'];
const NESTED = /(\[\d*\]$)|^(STRUCT|MAP|UNION)\(|^VARIANT$/;

/**
 * Chooses the catalogue's type for one of the engine's, as `describe` writes it. Times finer than a microsecond are cut; what has no type
 * of its own (uuid, enum, time, interval, blob, …) becomes text, and what is nested becomes JSON text.
 */
export function normaliseType(engineType: string, column: string): Normalised {
  const cast = (type: ColumnType, target: string): Normalised => ({
    type,
    expression: `${column}::${target}`,
  });
  if (BIGINT_TYPES.includes(engineType)) return cast(INTEGER, 'bigint');
  if (WIDE_INTEGER_TYPES.includes(engineType)) return cast(decimalType(38, 0), 'decimal(38,0)');
  if (engineType === 'FLOAT' || engineType === 'DOUBLE') return cast(DOUBLE, 'double');
  if (engineType === 'BOOLEAN') return cast(BOOLEAN, 'boolean');
  if (engineType === 'DATE') return cast(DATE, 'date');
  if (TIMESTAMP_TYPES.includes(engineType)) return cast(TIMESTAMP, 'timestamp');
  if (engineType === 'TIMESTAMP WITH TIME ZONE') {
    return { type: TIMESTAMP, expression: `timezone('UTC', ${column})` };
  }
  const decimal = parseColumnType(engineType.toLowerCase());
  if (decimal?.kind === 'decimal') return { type: decimal, expression: column };
  if (!engineType.startsWith('ENUM(') && NESTED.test(engineType)) {
    return { type: TEXT, expression: `to_json(${column})::varchar` };
  }
  return cast(TEXT, 'varchar');
}
