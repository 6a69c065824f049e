import { DuckDBInstance } from '@duckdb/node-api';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDbExportEngine, openDuckDbExportEngine } from '../src/duckdb/duckdb-export-engine.js';
import { statement, temporaryFolder } from './make-table.js';

const run = { signal: new AbortController().signal, timeoutMs: 120_000 };
const folder = temporaryFolder();
const errors: unknown[] = [];
let engine: DuckDbExportEngine;

beforeAll(async () => {
  const dataDir = join(folder.path, 'data');
  await mkdir(dataDir);
  engine = await openDuckDbExportEngine({
    dataDir,
    workDir: join(folder.path, 'work'),
    memoryLimit: '256MiB',
    maxSpill: '2GiB',
    concurrency: 1,
    maxWaiting: 1,
    waitTimeoutMs: 60_000,
    onError: (error) => errors.push(error),
  });
});
afterAll(async () => {
  await engine.close();
  expect(errors).toEqual([]);
});

describe('Parquet of long texts, in little memory', () => {
  it.each([{}, { anyOrder: true, rowByRow: true }])('is written %j', async (how) => {
    const long = statement('select i, repeat(md5(i::varchar), 40) as t from range(200000) r(i)');
    const copy = await engine.copy(long, { kind: 'parquet' }, { ...run, ...how });
    for await (const _ of copy.stream);
    await expect(copy.rows).resolves.toBe(200_000);
  });

  it('is sorted as was asked', async () => {
    const sorted = statement(
      'select md5(i::varchar) as k, repeat(md5(i::varchar), 40) as t from range(300000) r(i) order by k desc',
    );
    const copy = await engine.copy(sorted, { kind: 'parquet' }, run);
    const file = join(folder.path, 'sorted.parquet');
    await writeFile(file, copy.stream);
    await expect(copy.rows).resolves.toBe(300_000);
    expect(await rowsAndMisplaced(file)).toEqual([[300_000, 0]]);
  });
});

/** How many rows the file has, and how many stand behind one that should come after them. */
async function rowsAndMisplaced(file: string): Promise<unknown> {
  const reader = await DuckDBInstance.create(':memory:');
  const connection = await reader.connect();
  const read = await connection.runAndReadAll(
    `select count(*)::integer, count_if(k >= before)::integer from (
      select k, lag(k) over (order by file_row_number) as before from read_parquet('${file}', file_row_number = true))`,
  );
  connection.closeSync();
  reader.closeSync();
  return read.getRows();
}
