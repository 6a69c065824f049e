import { DuckDBInstance } from '@duckdb/node-api';
import { readStoredTables } from '@sluice/engine';
import { planQuery } from '@sluice/policy';
import { compileCsvExport, compileTypedExport, duckDbDialect } from '@sluice/query-dsl';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
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

const fileOf = ({ home, format }: ExportAsked): string => join(home, 'direct', `file.${format}`);

/** The engine's own COPY of the same rows to a plain file, in a locked instance. Gives the seconds of the COPY. */
export async function runDirect(asked: ExportAsked): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: THREADS });
  const connection = await instance.connect();
  for (const { name, file } of await readStoredTables(join(asked.home, 'data'))) {
    await connection.run(`attach '${file.replaceAll("'", "''")}' as "${name}" (read_only)`);
  }
  await connection.run(`set allowed_directories = ['${join(asked.home, 'direct')}/']`);
  await connection.run('set enable_external_access = false');
  await connection.run('set lock_configuration = true');
  const { sql, parameters } = statementOf(asked);
  const values = parameters.map(({ value }) => {
    if (typeof value === 'string' || typeof value === 'bigint') return value;
    throw new TypeError('The benchmark binds texts and integers only.');
  });
  const began = performance.now();
  await connection.run(`copy (${sql}) to '${fileOf(asked)}' (${OPTIONS[asked.format] ?? ''})`, values);
  const seconds = (performance.now() - began) / 1_000;
  connection.closeSync();
  instance.closeSync();
  return seconds;
}

/** zlib at level 1 over the plain file that `runDirect` made before, into another file. */
export async function runGzip(asked: ExportAsked): Promise<number> {
  const began = performance.now();
  const file = fileOf(asked);
  await pipeline(createReadStream(file), createGzip({ level: 1 }), createWriteStream(`${file}.gz`));
  return (performance.now() - began) / 1_000;
}

/** The statement that the worker runs for CSV; for the others, which the engine writes from typed values, that of Parquet. */
function statementOf({ format, rows }: ExportAsked): ReturnType<typeof compileTypedExport> {
  const body = salesQuery(rows);
  const now = BigInt(Date.now()) * 1000n;
  const plan = planQuery({ body, principal: SELLER, purpose: 'export', now }, salesGovernance());
  return format === 'csv'
    ? compileCsvExport(plan, { rawText: false }, duckDbDialect)
    : compileTypedExport(plan, duckDbDialect);
}
