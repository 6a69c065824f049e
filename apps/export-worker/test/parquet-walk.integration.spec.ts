import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ParquetWalk } from '../src/encode/parquet/parquet-walk.js';

const manyColumns = Array.from(
  { length: 400 },
  (_, i) => `i + ${String(i)} as "a column with a long name ${String(i)}"`,
);

const TABLES: readonly (readonly [name: string, columns: number, rows: number, sql: string])[] = [
  ['no row', 2, 0, `select i as id, 'x' as name from range(0) r(i)`],
  ['one row', 1, 1, 'select 1 as id'],
  [
    'several row groups, with NULLs, dictionaries and Bloom filters',
    5,
    300_000,
    `select i as id, 'customer ' || (i % 1000) as name, case when i % 3 = 0 then null else 'note ' || hash(i) end as note,
      (i * 7)::decimal(38, 4) as price, timezone('UTC', timestamp '2020-01-01' + to_seconds(i)) as "at" from range(300000) r(i)`,
  ],
  ['only NULLs', 2, 1_000, 'select null::varchar as a, null::bigint as b from range(1000)'],
  ['a footer of many columns', 400, 3_000, `select ${manyColumns.join(', ')} from range(3000) r(i)`],
  ['texts of 100 kB', 1, 50, `select repeat('x' || i, 50000) as t from range(50) r(i)`],
];

describe('ParquetWalk', () => {
  let folder: string;
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-parquet-'));
    instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
  });

  afterAll(async () => {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (sql: string): Promise<Buffer> => {
    const file = path.join(folder, 'file.parquet');
    await connection.run(`copy (${sql}) to '${file}' (format parquet, compression zstd)`);
    return readFile(file);
  };

  const walk = (bytes: Buffer, pieceBytes: number): ParquetWalk => {
    const walked = new ParquetWalk();
    for (let at = 0; at < bytes.length; at += pieceBytes) walked.push(bytes.subarray(at, at + pieceBytes));
    return walked;
  };

  it.each(TABLES)('counts %s', async (_, columns, rows, sql) => {
    const bytes = await write(sql);
    for (const pieceBytes of [bytes.length, 65_536, 4_099, 61]) {
      const walked = walk(bytes, pieceBytes);
      expect([walked.rows, walked.values]).toEqual([rows, rows * columns]);
    }
    expect(walk(bytes.subarray(0, 20_000), 1).rows).toBe(bytes.length <= 20_000 ? rows : null);
  });

  it('takes no file for whole that was cut, lengthened, or is none', async () => {
    const bytes = await write(`select i as id, 'name ' || i as name from range(200) r(i)`);
    expect(walk(bytes, 100).rows).toBe(200);
    for (let end = 0; end < bytes.length; end++) expect(walk(bytes.subarray(0, end), 97).rows).toBeNull();
    expect(walk(Buffer.concat([bytes, Buffer.from('PAR1')]), 97).rows).toBeNull();
    expect(walk(Buffer.concat([bytes, bytes]), 97).rows).toBeNull();
    expect(walk(Buffer.from(`id,name\r\n${'1,a\r\n'.repeat(1_000)}`), 97).rows).toBeNull();
    expect(
      walk(Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(2_000, 0xff), Buffer.from('PAR1')]), 97).rows,
    ).toBeNull();
  });
});
