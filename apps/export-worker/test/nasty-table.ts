import { buildCatalog } from '@sluice/catalog';
import { Governance, Policy } from '@sluice/policy';

/** Text that breaks readers and writers, as SQL. */
const TEXTS = [
  `''`,
  'null',
  `'plain'`,
  `'say "hi"'`,
  `'two' || chr(10) || 'lines'`,
  `'cr' || chr(13) || chr(10) || 'lf'`,
  `chr(13)`,
  `'a,b;c|d' || chr(9) || 'e'`,
  `'=1+1'`,
  `'-2+3'`,
  `'@SUM(A1)'`,
  `chr(9) || '=x'`,
  `'Zoë 😀 👨‍👩‍👧'`,
  `'שלום عليكم'`,
  `'日本語' || chr(8232) || chr(8233)`,
  `'back\\slash \\n and /'`,
  `chr(1) || chr(31) || chr(127)`,
  `'null'`,
  `'NULL'`,
  `' spaces around '`,
  `repeat('long "text" ', 2000)`,
];

const NUMBERS = ['9223372036854775807', '-9223372036854775808', '0', 'null', '9007199254740993'];
const EXACT = ['9999999999999999999999999999.9999999999', '-0.0000000001', '0', 'null', '1.5'];
const WHOLE = [
  '99999999999999999999999999999999999999',
  '-99999999999999999999999999999999999999',
  '7',
  'null',
];
const FRACTIONS = ['0.5', '-0.25', 'null'];
const DOUBLES = [
  `'NaN'::double`,
  `'Infinity'::double`,
  `'-Infinity'::double`,
  '0.1::double',
  '1e300::double',
  '-5e-324::double',
  'null',
];
const DAYS = ['0001-01-01', '1582-10-15', '1899-12-31', '1900-02-28', '1970-01-01', '9999-12-31'];
const TIMES = [
  '0001-01-01 00:00:00',
  '1883-11-18 12:03:58.000001',
  '1899-12-31 23:59:59.999999',
  '2024-03-31 01:30:00',
  '9999-12-30 23:59:59',
];

const pick = (values: readonly string[], by = 'i'): string =>
  `case ${by} % ${String(values.length)} ${values.map((value, index) => `when ${String(index)} then ${value}`).join(' ')} end`;
const literals = (values: readonly string[], type: string): readonly string[] => [
  ...values.map((value) => `${type} '${value}'`),
  'null',
];
const cast = (values: readonly string[], type: string): string => `(${pick(values)})::${type}`;

export const NASTY_COLUMNS = {
  id: 'integer',
  note: 'text',
  big: 'integer',
  exact: 'decimal(38,10)',
  whole: 'decimal(38,0)',
  fraction: 'decimal(4,4)',
  ratio: 'double',
  flag: 'boolean',
  on_day: 'date',
  at_time: 'timestamp',
  secret: 'text',
} as const;

/** Rows of two tenants; `TX` has what no file of `CA` may hold. */
export const NASTY_SQL = `select i as id, ${pick(TEXTS)} as note, ${cast(NUMBERS, 'bigint')} as big, ${cast(EXACT, 'decimal(38,10)')} as exact,
  ${cast(WHOLE, 'decimal(38,0)')} as whole, ${cast(FRACTIONS, 'decimal(4,4)')} as fraction, (${pick(DOUBLES)})::double as ratio,
  ${pick(['true', 'false', 'null'])} as flag, ${pick(literals(DAYS, 'date'))} as on_day, ${pick(literals(TIMES, 'timestamp'))} as at_time,
  'secret of ' || i as secret, 'CA' as tenant from range(2000) r(i)
  union all select 1000000 + i, 'CANARY-of-TX', -4242424242, -42.42, -42, 0.4242::decimal(4,4), -42.42, null, date '1042-04-02', null, 'CANARY-of-TX', 'TX' from range(10) r(i)`;

/** Forty columns of all types, each with a NULL now and then. */
export const WIDE_SQL = `select i as id, ${Array.from({ length: 38 }, (_, n) => {
  const kinds = [
    `i * ${String(n + 1)}`,
    `'text ' || i`,
    `(i / 7)::decimal(18,4)`,
    `date '2000-01-01' + i::integer`,
  ];
  return `case when i % ${String(n + 5)} = 0 then null else ${kinds[n % 4] ?? ''} end as column_${String(n)}`;
}).join(', ')}, 'CA' as tenant from range(500) r(i)`;

const wideColumns = Object.fromEntries(
  Array.from({ length: 38 }, (_, n) => [
    `column_${String(n)}`,
    { type: ['integer', 'text', 'decimal(18,4)', 'date'][n % 4] ?? '' },
  ]),
);

/** Both tables, `secret` masked. */
export function nastyGovernance(): Governance {
  const typed = Object.entries(NASTY_COLUMNS).map(([name, type]) => [name, { type }]);
  const nasty = {
    name: 'nasty',
    tenant: 'tenant',
    key: ['id'],
    columns: {
      ...Object.fromEntries(typed),
      secret: { type: 'text', class: 'pii' },
      tenant: { type: 'text' },
    },
  };
  const wide = {
    name: 'wide',
    tenant: 'tenant',
    key: ['id'],
    columns: { id: { type: 'integer' }, ...wideColumns, tenant: { type: 'text' } },
  };
  const catalog = buildCatalog([
    { file: 'nasty.yaml', content: nasty },
    { file: 'wide.yaml', content: wide },
  ]);
  const classes = { pii: { viewer: 'deny', exporter: 'partial', admin: 'clear' } };
  return { catalog, policy: Policy.build({ version: 1, classes }, catalog) };
}

/** What the caller may see, in the types of its columns: the oracle, made without any of our SQL. */
export const EXPECTED = `select * exclude (tenant) replace ('***' || right(secret, 4) as secret) from (${NASTY_SQL}) where tenant = 'CA'`;
