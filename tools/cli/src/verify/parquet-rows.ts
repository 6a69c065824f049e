import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A row group is read at once, and holds 122,880 rows of each column. */
const LIMITS = { threads: '1', memory_limit: '1GiB' } as const;

/** Rows of a Parquet file, as an engine reads them from its column chunks: what its footer says is only compared. */
export async function parquetRows(file: string, signal: AbortSignal): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-verify-'));
  const instance = await DuckDBInstance.create(':memory:', { ...LIMITS, temp_directory: folder });
  const connection = await instance.connect();
  const stop = (): void => {
    connection.interrupt();
  };
  signal.addEventListener('abort', stop);
  try {
    // The engine would take signs of the file's own name for a pattern.
    const plainName = join(folder, 'file.parquet');
    await symlink(resolve(file), plainName);
    const told = await numberOf(connection, 'select sum(num_rows) from parquet_file_metadata($1)', plainName);
    // Values of all columns are counted too, so that none of them is left unread.
    const read = await numberOf(
      connection,
      'select count(*), count(columns(*)) from read_parquet($1)',
      plainName,
    );
    if (read !== told)
      throw new Error(`its footer says ${String(told)} rows, and ${String(read)} can be read`);
    return read;
  } finally {
    signal.removeEventListener('abort', stop);
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

async function numberOf(connection: DuckDBConnection, sql: string, file: string): Promise<number> {
  const reader = await connection.runAndReadAll(sql, [file]);
  return Number(reader.getRows()[0]?.[0]);
}
