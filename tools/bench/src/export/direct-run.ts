import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { readStoredTables } from '@sluice/engine';
import { compress } from '@sluice/export-worker';
import { planQuery } from '@sluice/policy';
import { compileCsvExport, compileTypedExport, duckDbDialect, Statement } from '@sluice/query-dsl';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { SELLER, salesGovernance, salesQuery } from './sales.js';
import { ExportAsked } from './worker-run.js';

/** As a user has it, who asks the engine for a file. */
const THREADS = '2';
const OPTIONS: Readonly<Record<string, string>> = {
  csv: `format csv, header true, new_line '\\r\\n'`,
  json: 'format json, array true',
  ndjson: 'format json, array false',
  parquet: 'format parquet, compression zstd',
};

export const fileOf = ({ home, format }: ExportAsked): string => join(home, 'direct', `file.${format}`);

/** The engine's own COPY of the same rows to a plain file, in a locked instance. Gives the seconds of the COPY. */
export async function runDirect(asked: ExportAsked): Promise<number> {
  const { instance, connection } = await openDirect(asked);
  await connection.run(`set allowed_directories = ['${join(asked.home, 'direct')}/']`);
  await connection.run('set enable_external_access = false');
  await connection.run('set lock_configuration = true');
  const { sql, parameters } = statementOf(asked);
  const values = valuesOf(parameters);
  const began = performance.now();
  await connection.run(`copy (${sql}) to '${fileOf(asked)}' (${OPTIONS[asked.format] ?? ''})`, values);
  const seconds = (performance.now() - began) / 1_000;
  connection.closeSync();
  instance.closeSync();
  return seconds;
}

/** zlib at level 1 over the plain file that `runDirect` made before, into another file. */
export const runGzip = (asked: ExportAsked): Promise<number> =>
  runOnFile(asked, (file) => file.pipe(createGzip({ level: 1 })));

/** The worker's own compression over the same file, into the same. */
export const runCompress = (asked: ExportAsked): Promise<number> =>
  runOnFile(asked, (file) => compress(file, 'gzip', { innerName: 'file', modified: new Date() }));

async function runOnFile(asked: ExportAsked, through: (file: Readable) => Readable): Promise<number> {
  const file = fileOf(asked);
  const began = performance.now();
  await pipeline(through(createReadStream(file)), createWriteStream(`${file}.gz`));
  return (performance.now() - began) / 1_000;
}

/** The engine by itself, with the tables of the benchmark. */
export async function openDirect({
  home,
}: ExportAsked): Promise<{ readonly instance: DuckDBInstance; readonly connection: DuckDBConnection }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: THREADS });
  const connection = await instance.connect();
  for (const { name, file } of await readStoredTables(join(home, 'data'))) {
    await connection.run(`attach '${file.replaceAll("'", "''")}' as "${name}" (read_only)`);
  }
  return { instance, connection };
}

export function valuesOf(parameters: Statement['parameters']): (string | bigint)[] {
  return parameters.map(({ value }) => {
    if (typeof value === 'string' || typeof value === 'bigint') return value;
    throw new TypeError('The benchmark binds texts and integers only.');
  });
}

/** The statement that the worker runs for CSV; for the others, which the engine writes from typed values, that of Parquet. */
export function statementOf(asked: ExportAsked): Statement {
  const body = salesQuery(asked);
  const now = BigInt(Date.now()) * 1000n;
  const plan = planQuery({ body, principal: SELLER, purpose: 'export', now }, salesGovernance());
  return asked.format === 'csv'
    ? compileCsvExport(plan, { rawText: false }, duckDbDialect)
    : compileTypedExport(plan, duckDbDialect);
}
