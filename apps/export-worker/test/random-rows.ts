import { buildCatalog } from '@sluice/catalog';
import { Governance, Policy } from '@sluice/policy';
import fc from 'fast-check';

export const RANDOM_COLUMNS = {
  id: 'integer',
  note: 'text',
  mark: 'text',
  big: 'integer',
  exact: 'decimal(38,10)',
  whole: 'decimal(38,0)',
  fraction: 'decimal(4,4)',
  ratio: 'double',
  flag: 'boolean',
  on_day: 'date',
  at_time: 'timestamp',
} as const;

/** Stands for NUL, which no JSON source can hold. */
const NUL_SIGN = '\u2400';
const SIGNS = [
  ',',
  ';',
  '|',
  '\t',
  '"',
  "'",
  '\r',
  '\n',
  '#',
  '=',
  '+',
  '-',
  '@',
  '＝',
  '＋',
  '－',
  '＠',
  ' ',
  NUL_SIGN,
];
const LETTERS = ['a', '1', 'ß', 'é', 'ש', 'ع', '日', '😀', '👨‍👩‍👧', '\u2028', '\u0001', '\\', 'a\uFEFF'];
const WHOLE_TEXTS = [
  '',
  'NULL',
  'null',
  'n/a',
  'true',
  '1',
  '0.5',
  'two\nlines',
  'cr\r\nlf',
  '"',
  '""',
  '=1+1',
  '\t=x',
  'a,b;c|d',
];

/** The engine's client takes a byte order mark off the start of a text; the engine itself does not. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...SIGNS, ...LETTERS), maxLength: 6 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(...WHOLE_TEXTS),
);
const integers = (digits: number): fc.Arbitrary<bigint> => {
  const most = 10n ** BigInt(digits) - 1n;
  return fc.oneof(
    fc.bigInt({ min: -most, max: most }),
    fc.bigInt({ min: -99n, max: 99n }),
    fc.constantFrom(most, -most),
  );
};
const decimal = (precision: number, scale: number): fc.Arbitrary<string> =>
  integers(precision).map((digits) => `${String(digits)}e-${String(scale)}`);
const MICROS = 1_000_000n;
const seconds = (from: string, to: string): fc.Arbitrary<bigint> =>
  fc
    .bigInt({ min: BigInt(Date.parse(from)) / 1_000n, max: BigInt(Date.parse(to)) / 1_000n })
    .map((at) => at * MICROS);
const instants = fc.oneof(
  seconds('0001-01-01T00:00:00Z', '9999-12-30T00:00:00Z'),
  seconds('-000700-01-01T00:00:00Z', '0001-01-01T00:00:00Z'),
  seconds('+010000-01-01T00:00:00Z', '+030000-01-01T00:00:00Z'),
  seconds('1870-01-01T00:00:00Z', '1920-01-01T00:00:00Z'),
  seconds('1960-01-01T00:00:00Z', '2040-01-01T00:00:00Z'),
  // The hours in which clocks are put forward and back, and those of the first offsets by the minute.
  seconds('2024-03-30T22:00:00Z', '2024-03-31T04:00:00Z'),
  seconds('2024-10-26T22:00:00Z', '2024-10-27T04:00:00Z'),
  seconds('1883-11-18T16:00:00Z', '1883-11-18T19:00:00Z'),
  seconds('1972-01-07T00:30:00Z', '1972-01-07T01:00:00Z'),
);
const time = fc
  .tuple(instants, fc.constantFrom(0n, 0n, 1n, 250_000n, 999_999n))
  .map(([at, micros]) => String(at + micros));
const day = fc.oneof(
  fc.integer({ min: -719_162, max: 2_932_896 }),
  fc.integer({ min: -40_000, max: -20_000 }),
  fc.constantFrom(-1_000_000, -719_163, -719_528, 0, 59, 4_000_000, 'infinity', '-infinity'),
);

/** One row as texts that the engine casts; null for NULL. */
const row = fc.record(
  Object.fromEntries(
    Object.entries({
      note: text,
      mark: text,
      big: fc.oneof(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        integers(3),
        fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n)),
      ),
      exact: decimal(38, 10),
      whole: decimal(38, 0),
      fraction: decimal(4, 4),
      ratio: fc.oneof(
        fc.double(),
        fc.float(),
        fc.integer(),
        fc.constantFrom(NaN, Infinity, -Infinity, -0, 5e-324, 1e16, 1e-5),
      ),
      flag: fc.boolean(),
      on_day: day,
      at_time: fc.oneof(
        { weight: 9, arbitrary: time },
        { weight: 1, arbitrary: fc.constantFrom('infinity', '-infinity') },
      ),
    }).map(([name, values]) => [name, fc.option<unknown>(values, { freq: 8 }).map(written)]),
  ),
);

function written(value: unknown): string | null {
  if (value === null) return null;
  return Object.is(value, -0) ? '-0' : String(value as string);
}

/** Rows as NDJSON, always the same ones. */
export function randomRows(count: number): string {
  return fc
    .sample(row, { numRuns: count, seed: 4 })
    .map((values, id) => JSON.stringify({ id: String(id), ...values }))
    .join('\n');
}

/** The SQL that reads them from a file. Decimals are spelt with an exponent, which the engine casts wrongly: their digits are scaled. */
export function randomSql(file: string): string {
  const names = Object.keys(RANDOM_COLUMNS).map((name) => `${name}: 'varchar'`);
  const exact = (name: string, type: string, scale: number): string =>
    `cast(case when ${name} is not null then concat(case when ${name}[1] = '-' then '-' end, ` +
    `regexp_replace(lpad(regexp_extract(${name}, '^-?(\\d+)', 1), ${String(scale + 39)}, '0'), '(\\d{${String(scale)}})$', '.\\1')) end as ${type}) as ${name}`;
  const bounded = (name: string, type: string, value: string): string =>
    `case when ${name} like '%infinity' then cast(${name} as ${type}) else ${value} end as ${name}`;
  return `select cast(id as bigint) as id, replace(note, '${NUL_SIGN}', chr(0)) as note, mark, cast(big as bigint) as big,
    ${exact('exact', 'decimal(38,10)', 10)}, ${exact('whole', 'decimal(38,0)', 0)}, ${exact('fraction', 'decimal(4,4)', 4)},
    cast(ratio as double) as ratio, cast(flag as boolean) as flag,
    ${bounded('on_day', 'date', `date '1970-01-01' + try_cast(on_day as integer)`)},
    ${bounded('at_time', 'timestamp', 'make_timestamp(try_cast(at_time as bigint))')}, 'CA' as tenant
    from read_json('${file}', format = 'newline_delimited', columns = {${names.join(', ')}})`;
}

export function randomGovernance(): Governance {
  const columns = Object.fromEntries(Object.entries(RANDOM_COLUMNS).map(([name, type]) => [name, { type }]));
  const content = {
    name: 'random',
    tenant: 'tenant',
    key: ['id'],
    columns: { ...columns, tenant: { type: 'text' } },
  };
  const catalog = buildCatalog([{ file: 'random.yaml', content }]);
  return { catalog, policy: Policy.build({ version: 1 }, catalog) };
}
