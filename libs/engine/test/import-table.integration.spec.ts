import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { formatColumnType, loadCatalog } from '@sluice/catalog';
import { importTable } from '../src/import/import-table.js';
import { ImportFixture } from './import-fixture.js';

const fixture = new ImportFixture();

const CSV = 'id,tenant,Unit Price,note\n3,TX,1.50,"a, ""b""\nc"\n1,CA,2,\n2,CA,0.25,é\n';
const ROWS = [
  ['1', 'CA', 2, null],
  ['2', 'CA', 0.25, 'é'],
  ['3', 'TX', 1.5, 'a, "b"\nc'],
];

describe('what is loaded', () => {
  it.each([
    ['a.csv', CSV],
    ['a.csv.gz', gzipSync(CSV)],
    [
      'semicolons.csv',
      CSV.replace('id,tenant,Unit Price,note', 'id;tenant;Unit Price;note').replaceAll(/,(?! )/g, ';'),
    ],
    ['a [1]*?.CSV', CSV],
    ['a.tsv', CSV.replaceAll(/,(?! )/g, '\t')],
    ['crlf.csv', CSV.replaceAll('\n', '\r\n').replace('\r\nc', '\nc')],
  ])('%s comes sorted by tenant and key, with cleaned names', async (name, content) => {
    const imported = await fixture.fromFile(name, content);
    expect(await fixture.current()).toEqual(ROWS);
    expect(imported).toMatchObject({ name: 'sales', rows: 3, tenant: 'tenant', key: ['id'] });
    expect(imported.columns.map((column) => column.name)).toEqual(['id', 'tenant', 'Unit_Price', 'note']);
  });

  it.each([
    ['a.json', '[{"id": 2, "tenant": "CA", "tags": ["x", null]}, {"id": 1, "tenant": "CA", "tags": null}]'],
    ['a.ndjson', '{"id": 2, "tenant": "CA", "tags": ["x", null]}\n{"id": 1, "tenant": "CA", "tags": null}\n'],
    ['a.jsonl.gz', gzipSync('{"id": 2, "tenant": "CA", "tags": ["x", null]}\n{"id": 1, "tenant": "CA"}\n')],
  ])('%s comes with nested values as JSON text', async (name, content) => {
    await fixture.fromFile(name, content);
    expect(await fixture.current()).toEqual([
      ['1', 'CA', null],
      ['2', 'CA', '["x",null]'],
    ]);
  });

  it('Parquet, and every type of the engine, becomes a type of the catalogue', async () => {
    const path = join(fixture.home, 'types.parquet');
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    await connection.run(`copy (select 1::utinyint as id, 7 as tenant, 2::ubigint as wide, 0.5::float as f, 1.25::decimal(9,2) as d,
      timestamptz '2024-03-01 01:00:00+01' as tz, timestamp_ns '2024-03-01 00:00:00.123456789' as ns, date '2024-02-29' as day,
      time '10:00:00' as t, 'ab'::blob as b, true as flag, {'a': 1, 'b': [date '2024-01-01']} as s,
      '00000000-0000-0000-0000-000000000001'::uuid as u, 'x'::enum('x', 'y') as e) to '${path}'`);
    connection.closeSync();
    const { columns } = await importTable(fixture.request({ file: path }));
    expect(Object.fromEntries(columns.map(({ name, type }) => [name, formatColumnType(type)]))).toEqual({
      id: 'integer',
      tenant: 'text',
      wide: 'decimal(38,0)',
      f: 'double',
      d: 'decimal(9,2)',
      tz: 'timestamp',
      ns: 'timestamp',
      day: 'date',
      t: 'text',
      b: 'text',
      flag: 'boolean',
      s: 'text',
      u: 'text',
      e: 'text',
    });
    expect(await fixture.current()).toEqual([
      [
        '1',
        '7',
        '2',
        0.5,
        '1.25',
        '2024-03-01 00:00:00',
        '2024-03-01 00:00:00.123456',
        '2024-02-29',
        '10:00:00',
        'ab',
        true,
        '{"a":1,"b":["2024-01-01"]}',
        '00000000-0000-0000-0000-000000000001',
        'x',
      ],
    ]);
  });

  it('takes types from all rows when the first do not tell', async () => {
    const numbers = Array.from({ length: 50_000 }, (_, id) => `${id},CA,${id}\n`).join('');
    const { columns } = await fixture.fromFile('late.csv', `id,tenant,code\n${numbers}50000,CA,x7\n`);
    expect(columns[2]).toEqual({ name: 'code', type: { kind: 'text' } });
  });

  it('a shared table needs no tenant', async () => {
    const imported = await fixture.fromSql(`select 'x' as id`, { tenant: null });
    expect(imported.tenant).toBeNull();
    expect(await readFile(imported.catalogFile ?? '', 'utf8')).toContain('shared: true');
  });

  it('a query may read what was imported before', async () => {
    await fixture.fromSql(`select 1 as id, 'CA' as tenant`);
    const sql = 'select id + 1 as id, tenant from "sales"."main"."rows"';
    await importTable(fixture.request({ sql, dependsOn: ['sales'] }, { name: 'more' }));
    expect(await fixture.current('more')).toEqual([['2', 'CA']]);
    await expect(importTable(fixture.request({ sql, dependsOn: ['nothing'] }))).rejects.toThrow(
      '"nothing" has to be imported first.',
    );
  });
});

describe('what is refused', () => {
  const refused: [string, string | Buffer, string][] = [
    [
      'two.csv',
      'id,tenant\n1,CA\n1,TX\n2,CA\n',
      'The key (id) is not unique: 1 of its values stand on 2 rows.',
    ],
    ['null.csv', 'id,tenant\n1,CA\n2,\n3,\n', '2 of 3 rows have no value in the tenant column "tenant".'],
    ['key.csv', 'id,tenant\n1,CA\n,CA\n', '1 of 2 rows have no value in the key column "id".'],
    ['none.csv', 'id,tenant\n', 'There are no rows to import.'],
    ['empty.csv', '', 'The file empty.csv is empty.'],
    ['columns.csv', 'id,state\n1,CA\n', 'There is no tenant column "tenant"; the columns are id, state.'],
    [
      'ragged.csv',
      `id,tenant\n${'1,CA\n'.repeat(30_000)}7\n`,
      'could not be read as CSV: line 30002 has 1 columns instead of 2.',
    ],
    ['short.csv', 'id,tenant,x\n1,CA,2\n2,CA\n', 'The file short.csv could not be read as CSV'],
    ['quote.csv', 'id,tenant\n1,"CA\n2,TX\n', 'The file quote.csv could not be read as CSV'],
    ['latin.csv', Buffer.from('id,tenant\n1,C\xe9\n', 'latin1'), 'line 2 is not UTF-8.'],
    [
      'twice.csv',
      'id,tenant,a b,a_b\n1,CA,2,3\n',
      'The headers "a b" and "a_b" give the same column name; rename one of them.',
    ],
    ['name.csv', 'id,tenant,é\n1,CA,2\n', 'The header "é" of column 3 gives no column name'],
    ['cut.json', '[{"id": 1, "tenant": "CA"}, {"id": 2, "ten', 'The file cut.json could not be read as JSON'],
    ['text.ndjson', 'hello\n', 'The file text.ndjson could not be read as NDJSON'],
    ['junk.parquet', 'PAR1 nonsense', 'The file junk.parquet could not be read as Parquet'],
    [
      'cut.csv.gz',
      gzipSync('id,tenant\n' + Array.from({ length: 9_999 }, (_, i) => `${i},CA\n`).join('')).subarray(
        0,
        5_000,
      ),
      'The file cut.csv.gz is not a whole gzip file.',
    ],
    ['a.xlsx', 'PK', 'The file a.xlsx is of no known kind'],
  ];

  it.each(refused)('%s leaves the old version in place', async (name, content, sentence) => {
    const before = await fixture.fromSql(`select 9 as id, 'CA' as tenant`);
    await expect(fixture.fromFile(name, content)).rejects.toThrow(sentence);
    expect(await fixture.current()).toEqual([['9', 'CA']]);
    expect((await readdir(join(fixture.home, 'data', 'sales'))).sort()).toEqual(
      [`${before.version}.duckdb`, 'current.json', 'import.lock'].sort(),
    );
  });

  it('tells no value of a row', async () => {
    const rows = Array.from({ length: 30_000 }, (_, id) => `${id},CA\n`).join('');
    const error: unknown = await fixture
      .fromFile('secret.csv', `id,tenant\n${rows}SECRET\n`)
      .catch((thrown: unknown) => thrown);
    expect((error as Error).message).not.toContain('SECRET');
  });

  it('a missing file, a folder, a name of the engine, a name in other case, no key', async () => {
    await fixture.fromSql(`select 1 as id, 'CA' as tenant`);
    await expect(importTable(fixture.request({ file: join(fixture.home, 'no.csv') }))).rejects.toThrow(
      'there is no such file',
    );
    await mkdir(join(fixture.home, 'folder.csv'));
    await expect(importTable(fixture.request({ file: join(fixture.home, 'folder.csv') }))).rejects.toThrow(
      'is not a file',
    );
    await expect(fixture.fromSql('select 1', { name: 'temp' })).rejects.toThrow('cannot name a dataset');
    await expect(fixture.fromSql('select 1', { name: '../x' })).rejects.toThrow('cannot name a dataset');
    await expect(fixture.fromSql('select 1', { name: 'Sales' })).rejects.toThrow(
      'There is a dataset "sales" already',
    );
    await expect(fixture.fromSql('select 1', { key: [] })).rejects.toThrow('A key is needed');
  });

  it('an integer too wide even for a decimal', async () => {
    const wide = `select 1 as id, 'CA' as tenant, '170141183460469231731687303715884105727'::hugeint as n`;
    await expect(fixture.fromSql(wide)).rejects.toThrow('"sales" could not be imported');
    expect(await fixture.current()).toEqual([]);
  });

  it('a table that its catalogue entry no longer fits', async () => {
    await fixture.fromSql(`select 1 as id, 'CA' as tenant, 'x' as note, 1.5 as price`);
    const other = fixture.fromSql(`select 'a' as id, 'CA' as tenant, 2::double as price`);
    await expect(other).rejects.toThrow(
      'does not fit its catalogue entry sales.yaml: column id is text, not integer; column note is missing; column price is double, not decimal(2,1).',
    );
    await expect(fixture.fromSql(`select 1 as id, 'x' as note`, { tenant: 'note' })).rejects.toThrow(
      'its tenant column is tenant, not note',
    );
    expect(await fixture.current()).toHaveLength(1);
  });
});

describe('the catalogue', () => {
  it('gets an entry that it can load, once', async () => {
    const first = await fixture.fromSql(`select 1 as id, 'CA' as tenant, 1.5 as price`);
    expect(first.catalogFile).toBe(join(fixture.home, 'catalog', 'sales.yaml'));
    const catalog = await loadCatalog(join(fixture.home, 'catalog'));
    expect(catalog.datasets.get('sales')).toMatchObject({
      tenantColumn: 'tenant',
      key: ['id'],
      shared: false,
    });
    const second = await fixture.fromSql(`select 1 as id, 'CA' as tenant, 2.5 as price, 'more' as further`);
    expect(second.catalogFile).toBeNull();
  });
});
