import { OperationName } from '../binding/bound.js';

type Template = (args: readonly string[], typeName: string) => string;

const infix =
  (operator: string): Template =>
  (args) =>
    `(${args.join(` ${operator} `)})`;

const call =
  (name: string): Template =>
  (args) =>
    `${name}(${args.join(', ')})`;

/** `try` turns what would raise on a row (overflow, domain, conversion) into NULL; measured on DuckDB 1.5.5. */
const tried =
  (template: Template): Template =>
  (args, typeName) =>
    `try(${template(args, typeName)})`;

/** The engine's own result type is pinned, so that a new engine version cannot change an answer's type. */
const arithmetic = (operator: string): Template =>
  tried((args, typeName) => `cast(${args.join(` ${operator} `)} as ${typeName})`);

/** Times are stored in UTC: to the local clock of the zone, through `step`, and back. */
const inZone =
  (step: (local: string, unit: string) => string, back: boolean): Template =>
  (args) => {
    const [unit = '', time = '', zone = ''] = args;
    const local = step(`timezone(${zone}, timezone('UTC', ${time}))`, unit);
    return back ? `try(cast(timezone(${zone}, ${local}) as timestamp))` : `try(${local})`;
  };

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
  convert: ([arg], typeName) => `try_cast(${arg} as ${typeName})`,
  'local-to-instant': tried(([time, zone]) => `cast(timezone(${zone}, ${time}) as timestamp)`),
  abs: tried(call('abs')),
  round: tried(([value, digits]) =>
    digits ? `round(${value}, cast(${digits} as integer))` : `round(${value})`,
  ),
  floor: tried(call('floor')),
  ceil: tried(call('ceil')),
  lower: call('lower'),
  upper: call('upper'),
  trim: call('trim'),
  length: call('length'),
  substring: tried(substring),
  concat: call('concat'),
  coalesce: call('coalesce'),
  nullif: call('nullif'),
  greatest: call('greatest'),
  least: call('least'),
  date_trunc: inZone((local, unit) => `date_trunc(${unit}, ${local})`, true),
  date_part: inZone((local, unit) => `date_part(${unit}, ${local})`, false),
};

/**
 * A start before the first character is taken for it, and a length below zero for zero: what the engine makes of them depends on
 * whether a column, over all tenants, holds only ASCII. A lambda, so that each argument is computed once.
 */
function substring([text, start, length]: readonly string[]): string {
  const fields = `text := ${text}, start := ${start}${length === undefined ? '' : `, length := ${length}`}`;
  const from = 'case when x.start < -length(x.text) then -length(x.text) else x.start end';
  const count = length === undefined ? '' : ', case when x.length < 0 then 0 else x.length end';
  return `list_transform([struct_pack(${fields})], lambda x: substring(x.text, ${from}${count}))[1]`;
}
