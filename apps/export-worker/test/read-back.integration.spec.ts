import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DEFAULT_CSV_OPTIONS, ExportFormat, ExportSpec } from '@sluice/contracts';
import { DuckDbExportEngine, importTable, openDuckDbEngine, openDuckDbExportEngine } from '@sluice/engine';
import { planQuery } from '@sluice/policy';
import { compilePage, duckDbDialect } from '@sluice/query-dsl';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { EXPECTED, NASTY_COLUMNS, NASTY_SQL, nastyGovernance, WIDE_SQL } from './nasty-table.js';
import { failTest, itWith, typed, withNumbersAsTexts } from './readers.js';
import { WorkerHarness } from './worker-harness.js';

const SELECT = Object.keys(NASTY_COLUMNS);
const RAW = { ...DEFAULT_CSV_OPTIONS, rawText: true };
describe('an exported file, read by others,', () => {
  let harness: WorkerHarness;
  let engine: DuckDbExportEngine;
  let instance: DuckDBInstance;
  let reader: DuckDBConnection;

  beforeAll(async () => {
    harness = await WorkerHarness.create();
    harness.governance = nastyGovernance();
    const [dataDir, catalogDir] = ['data', 'catalog'].map((name) => path.join(harness.folder, name)) as [
      string,
      string,
    ];
    const table = { dataDir, catalogDir, tenant: 'tenant', key: ['id'] };
    await importTable({ ...table, name: 'nasty', source: { sql: NASTY_SQL, dependsOn: [] } });
    await importTable({ ...table, name: 'wide', source: { sql: WIDE_SQL, dependsOn: [] } });
    engine = await openDuckDbExportEngine({
      dataDir,
      workDir: path.join(harness.folder, 'work'),
      memoryLimit: '256MiB',
      maxSpill: '1GiB',
      concurrency: 2,
      maxWaiting: 4,
      waitTimeoutMs: 60_000,
      onError: failTest,
    });
    await harness.start(engine);
    instance = await DuckDBInstance.create(':memory:');
    reader = await instance.connect();
    await reader.run(`set TimeZone = 'UTC'`);
    await reader.run(`create table expected as ${EXPECTED}`);
  });

  afterAll(async () => {
    reader.closeSync();
    instance.closeSync();
    await harness.close();
    await engine.close();
  });

  const rowsOf = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
    (await reader.runAndReadAll(sql)).getRows();

  /** Exports, proves that the manifest tells of the bytes delivered, and gives the file's path. */
  const exported = async (
    format: ExportFormat,
    query: object = {},
    spec: Partial<ExportSpec> = {},
  ): Promise<string> => {
    const queryDefinition = { dataset: 'nasty', select: SELECT, ...query };
    const outcome = await harness.outcomeOf(await harness.submit({ format, queryDefinition, ...spec }));
    if (outcome.kind !== 'succeeded') throw new Error(JSON.stringify(outcome));
    const { key, fileName, manifest } = outcome;
    const bytes = await buffer(await harness.store.read(key));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(manifest).toMatchObject({
      bytes: bytes.length,
      sha256,
      format,
      compression: spec.compression ?? null,
    });
    const file = path.join(harness.folder, fileName);
    await writeFile(file, bytes);
    return file;
  };

  /** Compares as multisets, both ways; NaN equals itself here. */
  const expectSame = async (read: string, expected = 'select * from expected'): Promise<void> => {
    const difference = `(${read}) except all (${expected})`;
    const missing = `(${expected}) except all (${read})`;
    expect(await rowsOf(`${difference} limit 3`)).toEqual([]);
    expect(await rowsOf(`${missing} limit 3`)).toEqual([]);
    expect(await rowsOf(`select count(*) from (${read})`)).toEqual(
      await rowsOf(`select count(*) from (${expected})`),
    );
  };

  it.each(['UTC', 'America/New_York'])('holds each value: CSV, times of %s', async (timezone) => {
    const file = await exported('csv', { timezone }, { csv: RAW });
    const read = `read_csv('${file}', all_varchar = true, header = true, allow_quoted_nulls = false, quote = '"', escape = '"', delim = ',', max_line_size = 4000000)`;
    await expectSame(`select ${typed((name) => name)} from ${read}`);
  });

  const expectSameJson = async (file: string, manner: 'array' | 'newline_delimited'): Promise<void> => {
    const columns = SELECT.map((name) => `${name}: 'varchar'`).join(', ');
    const read = `read_json('${file}', format = '${manner}', columns = {${columns}}, maximum_object_size = 100000000)`;
    const finite = 'select * replace (case when isfinite(ratio) then ratio end as ratio) from expected';
    await expectSame(`select ${typed((name) => name)} from ${read}`, finite);
  };

  it.each([
    ['json', 'array'],
    ['ndjson', 'newline_delimited'],
  ] as const)('holds each value, numbers as texts: %s', async (format, manner) => {
    await expectSameJson(await exported(format, { numbers: 'string', timezone: 'Asia/Kathmandu' }), manner);
  });

  itWith('python3').each(['json', 'ndjson'] as const)('holds each value: %s', async (format) => {
    await expectSameJson(withNumbersAsTexts(await exported(format, { timezone: 'Asia/Kathmandu' })), 'array');
  });

  it('holds each value in its type: Parquet', async () => {
    const file = await exported('parquet');
    await expectSame(`select * replace (timezone('UTC', at_time) as at_time) from '${file}'`);
    const types = (await rowsOf(`describe select * from '${file}'`)).map(([name, type]) => [name, type]);
    expect(Object.fromEntries(types as [string, string][])).toEqual({
      id: 'BIGINT',
      note: 'VARCHAR',
      big: 'BIGINT',
      exact: 'DECIMAL(38,10)',
      whole: 'DECIMAL(38,0)',
      fraction: 'DECIMAL(4,4)',
      ratio: 'DOUBLE',
      flag: 'BOOLEAN',
      on_day: 'DATE',
      at_time: 'TIMESTAMP WITH TIME ZONE',
      secret: 'VARCHAR',
    });
    const [codecs] = await rowsOf(`select list(distinct compression) from parquet_metadata('${file}')`);
    expect(codecs).toMatchObject([{ items: ['ZSTD'] }]);
  });

  it('tells nothing of another tenant in the statistics of Parquet', async () => {
    const file = await exported('parquet');
    const told = await rowsOf(`select * from parquet_metadata('${file}')`);
    const text = JSON.stringify(told, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(text).toContain('9223372036854775807');
    expect(text).not.toMatch(/CANARY|4242|1042/);
    expect(readFileSync(file).includes('CANARY')).toBe(false);
  });

  it('has the rows of a page, to the byte: JSON and NDJSON', async () => {
    const body = { dataset: 'nasty', select: SELECT, sort: ['id desc'], timezone: 'Europe/Berlin' };
    const principal = { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['exporter'] } as const;
    const asked = { body: { ...body, page: { limit: 5_000 } }, principal, purpose: 'page', now: 0n } as const;
    const page = compilePage(planQuery(asked, harness.governance), null, duckDbDialect, { form: 'ndjson' });
    const queries = await openDuckDbEngine({
      dataDir: path.join(harness.folder, 'data'),
      threads: 1,
      memoryLimit: '256MB',
      concurrency: 1,
      maxWaiting: 1,
      waitTimeoutMs: 5_000,
      onError: failTest,
    });
    const snapshot = queries.snapshot();
    const [row] = await snapshot.query(page, { signal: new AbortController().signal, timeoutMs: 10_000 });
    snapshot.release();
    await queries.close();
    const lines = Buffer.from(row?.[0] as Uint8Array).toString();
    expect(lines.split('\n')).toHaveLength(2_000);
    expect(readFileSync(await exported('ndjson', body), 'utf8')).toBe(`${lines}\n`);
    expect(readFileSync(await exported('json', body), 'utf8')).toBe(
      `[\n${lines.replaceAll('\n', ',\n')}\n]\n`,
    );
  });

  it('has rows as arrays where asked', async () => {
    const query = {
      rows: 'array',
      select: ['id', 'big', 'note'],
      filter: { column: 'id', op: 'lte', value: 1 },
      sort: ['id'],
    };
    const rows = '[0,9223372036854775807,""],\n[1,-9223372036854775808,null]';
    expect(readFileSync(await exported('json', query), 'utf8')).toBe(`[\n${rows}\n]\n`);
  });

  it.each(['csv', 'json', 'ndjson', 'parquet'] as const)('can be of no row at all: %s', async (format) => {
    const file = await exported(format, { filter: { column: 'id', op: 'lt', value: 0 } });
    expect(await rowsOf(`select count(*) from '${file}'`)).toEqual([[0n]]);
  });

  it.each(['csv', 'json', 'ndjson', 'parquet'] as const)('can have forty columns: %s', async (format) => {
    const columns = Array.from({ length: 38 }, (_, n) => `column_${String(n)}`);
    const file = await exported(format, {
      dataset: 'wide',
      select: ['id', ...columns, 'tenant'],
      sort: ['id'],
    });
    const read =
      format === 'parquet' ? `'${file}'` : format === 'csv' ? `read_csv('${file}')` : `read_json('${file}')`;
    const text = (from: string): string => `select columns(*)::varchar from ${from}`;
    const numbers = columns.filter((_, n) => n % 4 === 2).map((name) => `${name}::double as ${name}`);
    const plain = (from: string): string => `(select * replace (${numbers.join(', ')}) from ${from})`;
    await expectSame(text(plain(read)), text(plain(`(${WIDE_SQL})`)));
  });

  const content = (): Promise<string> => exported('csv', { sort: ['id'] }, { csv: RAW });

  itWith('zcat')('is intact in gzip', async () => {
    const file = await exported('csv', { sort: ['id'] }, { csv: RAW, compression: 'gzip' });
    expect(file).toMatch(/\.csv\.gz$/);
    execFileSync('gzip', ['-t', file]);
    const given = execFileSync('zcat', [file], { maxBuffer: 1 << 28 });
    expect(given.equals(readFileSync(await content()))).toBe(true);
  });

  itWith('unzip')('is intact in a ZIP archive, under a name of its own', async () => {
    const file = await exported('csv', { sort: ['id'] }, { csv: RAW, compression: 'zip' });
    expect(file).toMatch(/\.zip$/);
    expect(execFileSync('unzip', ['-t', file]).toString()).toContain('No errors detected');
    expect(execFileSync('unzip', ['-Z1', file]).toString()).toBe('nasty.csv\n');
    const given = execFileSync('unzip', ['-p', file], { maxBuffer: 1 << 28 });
    expect(given.equals(readFileSync(await content()))).toBe(true);
  });

  itWith('python3')('is intact in a ZIP archive for Python too', async () => {
    const file = await exported('parquet', {}, { compression: 'zip' });
    const program = 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.namelist())';
    expect(execFileSync('python3', ['-c', program, file]).toString()).toBe(`None ['nasty.parquet']\n`);
  });
});
