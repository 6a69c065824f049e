import { ColumnType, formatColumnType, TEXT } from '@sluice/catalog';
import { AggregateName } from '../binding/bound.js';
import { LIMITS } from '../limits.js';
import { Dialect } from './dialect.js';
import { DUCKDB_OPERATIONS } from './duckdb-operations.js';

const TYPE_NAMES: Readonly<Record<Exclude<ColumnType['kind'], 'decimal'>, string>> = {
  text: 'varchar',
  integer: 'bigint',
  double: 'double',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
};

const AGGREGATES: Readonly<Record<AggregateName, (arg: string) => string>> = {
  sum: (arg) => `sum(${arg})`,
  avg: (arg) => `avg(${arg})`,
  min: (arg) => `min(${arg})`,
  max: (arg) => `max(${arg})`,
  count: (arg) => `count(${arg})`,
  count_distinct: (arg) => `count(distinct ${arg})`,
  count_rows: () => 'count(*)',
};

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

  typeName: (type) => (type.kind === 'decimal' ? formatColumnType(type) : TYPE_NAMES[type.kind]),

  operation: (name, args, type) => DUCKDB_OPERATIONS[name](args, duckDbDialect.typeName(type)),

  // `any` is planned as a join, so that long lists stay quick; but a guard (`try`) takes no subquery, which it also is.
  member: (value, list, isArgument) =>
    isArgument ? `list_contains(${list}, ${value})` : `(${value} = any(${list}))`,

  aggregate: (name, args, type) =>
    `cast(${AGGREGATES[name](args[0] ?? '')} as ${duckDbDialect.typeName(type)})`,

  treat(treatment, column) {
    switch (treatment) {
      case 'clear':
        return column;
      case 'mask':
        return `'***'`;
      case 'partial':
        return `'***' || case when length(${column}) > 4 then right(${column}, 4) else '' end`;
      case 'null':
        return 'cast(null as varchar)';
    }
  },

  treatedType: (treatment, type) => (treatment === 'clear' ? type : TEXT),

  jsonText(value, type, quoteNumbers, zone) {
    switch (type.kind) {
      case 'text':
        return `cast(to_json(${value}) as varchar)`;
      case 'integer':
      case 'decimal':
        return quoteNumbers ? `'"' || cast(${value} as varchar) || '"'` : `cast(${value} as varchar)`;
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
    if (type.kind === 'date') return `cast(${value} as varchar)`;
    return type.kind === 'timestamp' ? isoTime(value, zone) : value;
  },
};

/** ISO 8601 with the zone's offset at that instant; a fraction only where there is one. */
function isoTime(value: string, zone: string | null): string {
  const local = zone === null ? value : `timezone(${zone}, timezone('UTC', ${value}))`;
  const fraction = `case when date_part('microsecond', ${value}) % 1000000 = 0 then '' else strftime(${value}, '.%f') end`;
  return `case when isfinite(${value}) then strftime(${local}, '%Y-%m-%dT%H:%M:%S') || ${fraction} || ${
    zone === null ? `'Z'` : offset(value, local)
  } end`;
}

function offset(value: string, local: string): string {
  const minutes = `date_diff('minute', ${value}, ${local})`;
  const part = (number: string): string => `lpad(cast(${number} as varchar), 2, '0')`;
  return `case when ${minutes} < 0 then '-' else '+' end || ${part(`abs(${minutes}) // 60`)} || ':' || ${part(
    `abs(${minutes}) % 60`,
  )}`;
}
