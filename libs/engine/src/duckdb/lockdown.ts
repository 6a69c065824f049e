import { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from './quote.js';

/**
 * Shuts an instance that runs queries off from files, network, extensions and settings. Attached files stay readable, since they are
 * open; nothing can spill, so a query that needs more memory than allowed fails at once.
 *
 * The order matters: each step closes what the next one would need.
 */
export async function lockForQueries(connection: DuckDBConnection): Promise<void> {
  await connection.run(`set temp_directory = ''`);
  await connection.run(`set enable_external_access = false`);
  await connection.run(`set disabled_filesystems = 'LocalFileSystem'`);
  await connection.run(`set lock_configuration = true`);
}

export interface CopyFolder {
  /** The only place where the instance may write; empty, mode 0700, of this one copy. */
  readonly path: string;
  /** Most that may be spilled there, as the engine writes sizes. */
  readonly maxSpill: string;
}

/**
 * Shuts an instance that writes one file off from everything but its own folder. The file system itself stays on: the copy goes
 * through it.
 */
export async function lockForCopy(connection: DuckDBConnection, folder: CopyFolder): Promise<void> {
  await connection.run(`set temp_directory = ${quoteText(`${folder.path}/spill`)}`);
  // By SQL, not at creation: given there, the limit is shown but not kept.
  await connection.run(`set max_temp_directory_size = ${quoteText(folder.maxSpill)}`);
  await connection.run(`set allowed_directories = [${quoteText(`${folder.path}/`)}]`);
  await connection.run(`set enable_external_access = false`);
  await connection.run(`set lock_configuration = true`);
}
