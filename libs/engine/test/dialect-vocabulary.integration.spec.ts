import { ColumnType } from '@sluice/catalog';
import { Dialect, duckDbDialect } from '@sluice/query-dsl';
import { assertReadingStatement } from '../src/duckdb/statement-gate.js';

/** Everything that the dialect can write, listed by its types: a new operation that is not listed here does not compile. */

type Operation = Parameters<Dialect['operation']>[0];
type Aggregate = Parameters<Dialect['aggregate']>[0];
type Treatment = Parameters<Dialect['treat']>[0];

/** How many arguments each takes, at least and at most. */
const OPERATIONS: Readonly<Record<Operation, readonly [least: number, most: number]>> = {
  eq: [2, 2],
  ne: [2, 2],
  lt: [2, 2],
  lte: [2, 2],
  gt: [2, 2],
  gte: [2, 2],
  and: [2, 3],
  or: [2, 3],
  not: [1, 1],
  between: [3, 3],
  'is-null': [1, 1],
  never: [1, 1],
  always: [1, 1],
  like: [2, 2],
  ilike: [2, 2],
  starts_with: [2, 2],
  ends_with: [2, 2],
  contains: [2, 2],
  add: [2, 2],
  subtract: [2, 2],
  multiply: [2, 2],
  divide: [2, 2],
  modulo: [2, 2],
  negate: [1, 1],
  convert: [1, 1],
  cast: [1, 2],
  'local-to-instant': [2, 2],
  'instant-to-local': [2, 2],
  abs: [1, 1],
  round: [1, 2],
  floor: [1, 1],
  ceil: [1, 1],
  sqrt: [1, 1],
  ln: [1, 1],
  exp: [1, 1],
  power: [2, 2],
  sign: [1, 1],
  lower: [1, 1],
  upper: [1, 1],
  trim: [1, 1],
  length: [1, 1],
  substring: [2, 3],
  replace: [3, 3],
  concat: [1, 3],
  coalesce: [1, 3],
  nullif: [2, 2],
  greatest: [1, 3],
  least: [1, 3],
  date_trunc: [2, 2],
  date_part: [2, 2],
  'trunc-elapsed': [3, 3],
  date_diff: [3, 3],
  'weeks-between': [2, 2],
  'add-months': [3, 3],
  'add-days': [3, 3],
  'add-seconds': [3, 3],
};

const AGGREGATES: Readonly<Record<Aggregate, number>> = {
  sum: 1,
  avg: 1,
  min: 1,
  max: 1,
  count: 1,
  count_distinct: 1,
  count_rows: 0,
  approx_count_distinct: 1,
  quantile: 2,
  stddev: 1,
  first: 3,
  last: 3,
  first_by: 4,
  last_by: 4,
};

const TREATMENTS: Readonly<Record<Treatment, true>> = { clear: true, partial: true, mask: true, null: true };

const TYPES: Readonly<Record<ColumnType['kind'], readonly ColumnType[]>> = {
  text: [{ kind: 'text' }],
  integer: [{ kind: 'integer' }],
  decimal: [
    { kind: 'decimal', precision: 12, scale: 2 },
    { kind: 'decimal', precision: 4, scale: 4 },
  ],
  double: [{ kind: 'double' }],
  boolean: [{ kind: 'boolean' }],
  date: [{ kind: 'date' }],
  timestamp: [{ kind: 'timestamp' }],
};
const types = Object.values(TYPES).flat();
const keysOf = <K extends string>(record: Readonly<Record<K, unknown>>): readonly K[] =>
  Object.keys(record) as K[];

/** Plain arguments may stand twice in a template, others become those of a lambda. */
const ARGUMENTS = [
  ['a', 'b', '$3', '4'],
  ['(a + 1)', '(b + 1)', 'concat($3, c)', '(4 + d)'],
] as const;

const passes = (fragment: string): void => assertReadingStatement(`select ${fragment} from (select 1) q`);

it.each(keysOf(OPERATIONS))('operation %s', (name) => {
  const [least, most] = OPERATIONS[name];
  for (const args of ARGUMENTS) {
    for (let count = least; count <= most; count += 1) {
      for (const type of types) {
        for (const from of types) {
          passes(duckDbDialect.operation(name, args.slice(0, count), type, Array(count).fill(from)));
        }
      }
    }
  }
});

it.each(keysOf(AGGREGATES))('aggregate %s', (name) => {
  for (const args of ARGUMENTS) {
    for (const type of types) passes(duckDbDialect.aggregate(name, args.slice(0, AGGREGATES[name]), type));
  }
});

it.each(types)('treatments and texts of %j', (type) => {
  for (const name of keysOf(TREATMENTS)) passes(duckDbDialect.treat(name, '"a"', type));
  passes(duckDbDialect.keyedHash('"a"', type, { inner: '$1', outer: '$2' }));
  for (const zone of [null, '$1']) {
    for (const choice of [true, false]) {
      passes(duckDbDialect.jsonText('a', type, choice, zone));
      passes(duckDbDialect.csvValue('a', type, choice, zone));
    }
  }
});

it('lists and samples', () => {
  passes(duckDbDialect.member('a', '$1', true));
  passes(duckDbDialect.member('a', duckDbDialect.instants('$1', '$2'), false));
  passes(duckDbDialect.inSample(['k0', 'k1'], 16));
});

it('notices a function that is not listed', () => {
  const other: Dialect = { ...duckDbDialect, inSample: (keys) => `read_text(${keys.join(', ')})` };
  expect(() => passes(other.inSample(['k0'], 16))).toThrow('calls read_text');
});
