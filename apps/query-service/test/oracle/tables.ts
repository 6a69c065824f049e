import fc from 'fast-check';
import { writeExact } from './numbers.js';
import { readDate, readTimestamp, writeDate, writeTimestamp } from './times.js';
import { CLOCKS, CODES, DATES, LOOKALIKES, TENANTS, TEXTS, TIMES } from './pools.js';
import { Type, typeName, Value, INT64_MAX, INT64_MIN } from './types.js';
import { Row, Table, TableName, TABLES, World } from './world.js';

const DOUBLES = [
  NaN,
  Infinity,
  -Infinity,
  0,
  5e-324,
  -2.5e-310,
  1e300,
  -1e300,
  0.1,
  -0.5,
  1.5,
  2.5,
  3,
  1e16,
  123456.789,
];
const INTEGERS = [INT64_MIN, INT64_MIN + 1n, INT64_MAX, INT64_MAX - 1n, -1n, 0n, 1n, 2n ** 53n + 1n, 7n];
const WIDE = ['9999999999999999999999999999.9999999999', '-9999999999999999999999999999.9999999999'];
const DECIMALS = ['0', '0.01', '-0.01', '12.50', '-3.05', '9999999999.99', '-9999999999.99', '2.50', '1'];

const scaled = (texts: readonly string[], scale: number): readonly bigint[] =>
  texts.map((text) => {
    const [whole = '', fraction = ''] = text.split('.');
    return BigInt(`${whole}${fraction.padEnd(scale, '0')}`);
  });

/** Mostly from a pool, so that there are ties; at times anything. */
function valuesOf(type: Type): fc.Arbitrary<Value> {
  const pool = (values: readonly Value[], any: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: any });
  switch (type.kind) {
    case 'integer':
      return pool(INTEGERS, fc.bigInt({ min: INT64_MIN, max: INT64_MAX }));
    case 'decimal': {
      const most = 10n ** BigInt(type.precision) - 1n;
      const wide = type.precision === 38 ? scaled([...WIDE, '0.0000000001'], type.scale) : [];
      return pool([...scaled(DECIMALS, type.scale), ...wide], fc.bigInt({ min: -most, max: most }));
    }
    case 'double':
      // Not -0: the engine's storage brings zeros of both signs together.
      return pool(
        DOUBLES,
        fc.double({ min: -1e9, max: 1e9 }).map((value) => value || 0),
      );
    case 'boolean':
      return fc.boolean();
    case 'date':
      return pool(
        DATES.map(readDate),
        fc.bigInt({ min: readDate('0104-01-01'), max: readDate('9890-12-31') }),
      );
    case 'timestamp':
      return pool(
        TIMES.map((text) => readTimestamp(text, 'UTC')),
        fc.bigInt({ min: readTimestamp('1900-01-01', 'UTC'), max: readTimestamp('2100-01-01', 'UTC') }),
      );
    default:
      return pool(
        [...TEXTS, ...LOOKALIKES],
        fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', ' ', "'", '%'), maxLength: 6 }),
      );
  }
}

const nullable = (values: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.option(values, { freq: 5 });

/** Columns with a part to play: keys, tenants, references (some lead nowhere) and small numbers that tie. */
const PLAYING: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  'facts.id': fc.oneof(fc.bigInt({ min: -3n, max: 60n }), fc.constantFrom(INT64_MIN, INT64_MAX)),
  'facts.tenant_id': fc.constantFrom(...TENANTS),
  'facts.shard': fc.constantFrom('s1', 'S1', ''),
  'facts.n': nullable(fc.bigInt({ min: -3n, max: 5n })),
  'facts.owner_id': nullable(fc.bigInt({ min: 0n, max: 8n })),
  'facts.place_code': nullable(fc.constantFrom('p1', 'p2', 'p3', 'gone')),
  'facts.code': nullable(fc.constantFrom(...CODES)),
  'owners.handle': nullable(fc.constantFrom(...CODES)),
  'owners.id': fc.bigInt({ min: 0n, max: 6n }),
  'owners.tenant_id': fc.constantFrom(...TENANTS),
  'owners.home_code': nullable(fc.constantFrom('p1', 'p2', 'p4')),
  'places.code': fc.constantFrom('p1', 'p2', 'p3', 'p4'),
};

function rowsOf({ name, columns, key }: Table, maxLength: number): fc.Arbitrary<readonly Row[]> {
  const shape = Object.fromEntries(
    columns.map((column) => [
      column.name,
      PLAYING[`${name}.${column.name}`] ?? nullable(valuesOf(column.type)),
    ]),
  );
  return fc.uniqueArray(fc.record(shape), {
    minLength: 1,
    maxLength,
    size: 'max',
    selector: (row) => key.map((column) => String(row[column])).join('\0'),
  });
}

export const worlds: fc.Arbitrary<World> = fc.record({
  now: fc.constantFrom(...CLOCKS).map((text) => readTimestamp(text, 'UTC')),
  rows: fc.record({
    facts: rowsOf(TABLES.facts, 40),
    owners: rowsOf(TABLES.owners, 7),
    places: rowsOf(TABLES.places, 4),
  }),
});

/** A value as the SQL that loads the tables has it, before its cast. */
function sqlValue(value: Value, type: Type): string {
  if (value === null) return 'null';
  const text = (): string => {
    if (type.kind === 'decimal') return writeExact(value as bigint, type.scale);
    if (type.kind === 'date') return writeDate(value as bigint);
    if (type.kind === 'timestamp') return writeTimestamp(value as bigint, 'UTC').replace('Z', '');
    return Object.is(value, -0) ? '-0.0' : String(value);
  };
  return `'${text().replaceAll("'", "''")}'`;
}

const SQL_TYPES: Readonly<Record<string, string>> = { text: 'varchar', integer: 'bigint' };

/** The rows as a query that the importer reads. */
export function sqlOf(name: TableName, rows: readonly Row[]): string {
  const { columns } = TABLES[name];
  const tuples = rows.map(
    (row) => `(${columns.map((column) => sqlValue(row[column.name] ?? null, column.type)).join(', ')})`,
  );
  const casts = columns.map(({ name: column, type }, index) => {
    const sqlType = SQL_TYPES[type.kind] ?? typeName(type);
    return `cast(c${index} as ${sqlType}) as "${column}"`;
  });
  const names = columns.map((_, index) => `c${index}`).join(', ');
  return `select ${casts.join(', ')} from (values ${tuples.join(', ')}) v(${names})`;
}

/** The catalogue's entry of a table. */
export function entryOf(name: TableName): object {
  const { columns, key, tenant, relations } = TABLES[name];
  const described = columns.map(({ name: column, type, dataClass }) => [
    column,
    { type: typeName(type), ...(dataClass === null ? {} : { class: dataClass }) },
  ]);
  return {
    name,
    key,
    ...(tenant === null ? { shared: true } : { tenant }),
    ...(name === 'facts' ? { default: true } : {}),
    columns: Object.fromEntries(described) as object,
    relations: Object.fromEntries(
      Object.entries(relations).map(([relation, { table, column }]) => [
        relation,
        { dataset: table, columns: [column] },
      ]),
    ) as object,
  };
}
