import { ColumnType, TEXT } from '@sluice/catalog';
import { LIMITS } from '../limits.js';
import { Dialect } from './dialect.js';
import { DUCKDB_AGGREGATES } from './duckdb-aggregates.js';
import { textOf } from './duckdb-casts.js';
import { DUCKDB_OPERATIONS } from './duckdb-operations.js';
import { mapped } from './duckdb-once.js';
import { instantOf } from './duckdb-times.js';
import { typeName } from './duckdb-types.js';
import { xlsxCell, xlsxText } from './duckdb-xlsx.js';

/** First characters that a spreadsheet takes for a formula (OWASP, CSV injection), the full-width forms included. */
const FORMULA_STARTS = `('=', '+', '-', '@', chr(9), chr(10), chr(13), '＝', '＋', '－', '＠')`;

/** DuckDB 1.5: each dataset is an attached database with one table `main.rows`. */
export const duckDbDialect: Dialect = {
  quote(identifier) {
    if (identifier.length > LIMITS.nameLength || identifier.includes('\0')) {
      throw new RangeError('The name cannot be an identifier.');
    }
    return `"${identifier.replaceAll('"', '""')}"`;
  },

  table: (dataset) => `${duckDbDialect.quote(dataset.name)}."main"."rows"`,

  typeName,
  bytes: (text) => `encode(${text})`,

  operation: (name, args, type, types) => DUCKDB_OPERATIONS[name](args, type, types),

  // `any` is planned as a join, so that long lists stay quick; but a guard (`try`) takes no subquery, which it also is.
  member: (value, list, isArgument) =>
    isArgument ? `list_contains(${list}, ${value})` : `(${value} = any(${list}))`,

  instants: (list, zone) => mapped(list, (time) => instantOf(time, zone)),

  aggregate: (name, args, type) => `cast(${DUCKDB_AGGREGATES[name](args)} as ${typeName(type)})`,

  treat(treatment, column, type) {
    switch (treatment) {
      case 'clear':
        return column;
      case 'mask':
        return `'***'`;
      case 'partial': {
        // Characters, not bytes. A value without more than four of them, or none at all, looks like any other masked one.
        const text = canonicalText(column, type);
        return `'***' || coalesce(case when length(${text}) > 4 then right(${text}, 4) end, '')`;
      }
      case 'null':
        return 'cast(null as varchar)';
    }
  },

  // The pads are folded into constants; the two digests cost 2.5 to 4 s a million rows (one thread of two busy cores,
  // DuckDB 1.5.5, 20 characters a value) beside 0.01 s for reading the column.
  keyedHash: (column, type, { inner, outer }) =>
    `sha256(unhex(${outer}) || unhex(sha256(unhex(${inner}) || encode(${canonicalText(column, type)}))))`,

  treatedType: (treatment, type) => (treatment === 'clear' ? type : TEXT),

  jsonText(value, type, quoteNumbers, zone) {
    switch (type.kind) {
      case 'text':
        return `cast(to_json(${value}) as varchar)`;
      case 'integer':
      case 'decimal':
        return quoteNumbers ? `'"' || ${textOf(value, type, null)} || '"'` : textOf(value, type, null);
      case 'double':
        return `case when isfinite(${value}) then cast(${value} as varchar) end`;
      case 'boolean':
        return `cast(${value} as varchar)`;
      case 'date':
      case 'timestamp':
        return `'"' || ${duckDbDialect.csvValue(value, type, false, zone)} || '"'`;
    }
  },

  csvValue(value, type, defuse, zone) {
    if (type.kind === 'text' && defuse) {
      return `case when left(${value}, 1) in ${FORMULA_STARTS} then '''' || ${value} else ${value} end`;
    }
    // The writer of files spells decimals as it should, but for those that are all fraction.
    const isFraction = type.kind === 'decimal' && type.precision === type.scale;
    const isWritten = isFraction || type.kind === 'date' || type.kind === 'timestamp';
    return isWritten ? textOf(value, type, zone) : value;
  },

  typedValue: (value, type) =>
    type.kind === 'timestamp' ? `case when isfinite(${value}) then timezone('UTC', ${value}) end` : value,
  xlsxCell,
  xlsxText,

  inSample: (keys, share) => `hash(${keys.join(', ')}) % ${share} = 0`,
};

/** A value as the API writes it, as text; NULL where the API writes null. */
function canonicalText(value: string, type: ColumnType): string {
  if (type.kind === 'text') return value;
  const text = textOf(value, type, null);
  return type.kind === 'double' ? `case when isfinite(${value}) then ${text} end` : text;
}
