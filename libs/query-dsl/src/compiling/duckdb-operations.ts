import { ColumnType } from '@sluice/catalog';
import { OperationName } from '../binding/bound.js';
import { castTo } from './duckdb-casts.js';
import { once } from './duckdb-once.js';
import { instantOf, localTime, truncateElapsed } from './duckdb-times.js';
import { typeName } from './duckdb-types.js';

/** `types` are those of the arguments. */
type Template = (args: readonly string[], type: ColumnType, types: readonly ColumnType[]) => string;

const infix =
  (operator: string): Template =>
  (args) =>
    `(${args.join(` ${operator} `)})`;

const call =
  (name: string): Template =>
  (args) =>
    `${name}(${args.join(', ')})`;

/**
 * `try` turns what would raise on a row (overflow, domain, conversion) into NULL; measured on DuckDB 1.5.5. It has to stand directly around
 * the call that may raise: the engine computes parts that occur twice ahead of the rest, also out of a `try`, and then they raise.
 */
const tried =
  (template: Template): Template =>
  (args, type, types) =>
    `try(${template(args, type, types)})`;

/** The engine's own result type is pinned, so that a new engine version cannot change an answer's type. */
const arithmetic = (operator: string): Template =>
  tried((args, type) => `cast(${args.join(` ${operator} `)} as ${typeName(type)})`);

/** Time plus `number * factor` of an interval; the number may be any integer. */
const adding =
  (interval: string, number: string): Template =>
  ([time, count, factor]) =>
    `try(${time} + try(${interval}(try_cast(try(${count} * ${factor}) as ${number}))))`;

/** One template an operation. None raises on a row. */
export const DUCKDB_OPERATIONS: Readonly<Record<OperationName, Template>> = {
  eq: infix('='),
  ne: infix('<>'),
  lt: infix('<'),
  lte: infix('<='),
  gt: infix('>'),
  gte: infix('>='),
  and: infix('and'),
  or: infix('or'),
  not: ([arg]) => `(not ${arg})`,
  between: ([value, low, high]) => `(${value} between ${low} and ${high})`,
  'is-null': ([arg]) => `(${arg} is null)`,
  never: ([arg]) => `(${arg} is null and cast(null as boolean))`,
  always: ([arg]) => `(${arg} is not null or cast(null as boolean))`,
  like: ([text, pattern]) => `(${text} like ${pattern} escape '\\')`,
  ilike: ([text, pattern]) => `(${text} ilike ${pattern} escape '\\')`,
  starts_with: call('starts_with'),
  ends_with: call('ends_with'),
  contains: call('contains'),
  add: arithmetic('+'),
  subtract: arithmetic('-'),
  multiply: arithmetic('*'),
  divide: tried(([a, b]) => `${a} / nullif(${b}, 0)`),
  modulo: tried(([a, b]) => `${a} % nullif(${b}, 0)`),
  negate: tried(([arg]) => `-(${arg})`),
  convert: ([arg], type) => `try_cast(${arg} as ${typeName(type)})`,
  cast: ([arg = '', zone], type, [from = type]) => castTo(type, from, arg, zone),
  'local-to-instant': ([time = '', zone = '']) => instantOf(time, zone),
  'instant-to-local': ([time = '', zone = '']) => localTime(time, zone),
  abs: tried(call('abs')),
  round: tried(([value, digits]) =>
    digits ? `round(${value}, try_cast(${digits} as integer))` : `round(${value})`,
  ),
  floor: tried(call('floor')),
  ceil: tried(call('ceil')),
  sqrt: tried(call('sqrt')),
  ln: tried(call('ln')),
  exp: tried(call('exp')),
  power: (args) => once(args, power),
  // The engine says 0 for what is no number.
  sign: ([arg], _, [type]) =>
    type?.kind === 'double'
      ? `cast(sign(nullif(${arg}, cast('nan' as double))) as bigint)`
      : `cast(sign(${arg}) as bigint)`,
  lower: call('lower'),
  upper: call('upper'),
  trim: call('trim'),
  length: call('length'),
  substring: tried((args) => once(args, substring)),
  replace: call('replace'),
  concat: call('concat'),
  coalesce: call('coalesce'),
  nullif: call('nullif'),
  greatest: call('greatest'),
  least: call('least'),
  date_trunc: tried(call('date_trunc')),
  date_part: tried(call('date_part')),
  'trunc-elapsed': ([unit = '', time = '', zone = '']) => truncateElapsed(unit, time, zone),
  date_diff: tried(call('date_diff')),
  // The engine's own difference in weeks counts spans of seven days, wherever they begin.
  'weeks-between': ([a, b]) =>
    `try(date_diff('day', try(date_trunc('week', ${a})), try(date_trunc('week', ${b})))) // 7`,
  'add-months': adding('to_months', 'integer'),
  'add-days': adding('to_days', 'integer'),
  'add-seconds': adding('to_seconds', 'bigint'),
};

/** NULL outside of the domain, where the engine says NaN; what is no number to begin with stays so. */
function power([base = '', exponent = '']: readonly string[]): string {
  const result = `try(power(${base}, ${exponent}))`;
  return `case when isnan(${result}) and not (isnan(${base}) or isnan(${exponent})) then null else ${result} end`;
}

/**
 * A start before the first character is taken for it, and a length below zero for zero: what the engine makes of them depends on
 * whether a column, over all tenants, holds only ASCII.
 */
function substring([text = '', start = '', length]: readonly string[]): string {
  const from = `case when ${start} < -length(${text}) then -length(${text}) else ${start} end`;
  const count = length === undefined ? '' : `, case when ${length} < 0 then 0 else ${length} end`;
  return `substring(${text}, ${from}${count})`;
}
