import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CurrentVersion,
  currentFile,
  isDatasetName,
  readCurrentVersion,
  versionFile,
} from './current-version.js';

/** A dataset's current data: `main.rows` in `file`. */
export interface StoredTable extends CurrentVersion {
  readonly name: string;
  readonly file: string;
}

/** Lists the tables of a data folder that hold data, by name. A folder that does not exist yet holds none. */
export async function readStoredTables(dataDir: string): Promise<readonly StoredTable[]> {
  const names = await datasetFolders(dataDir);
  const tables = await Promise.all(
    names.map(async (name) => {
      const folder = join(dataDir, name);
      const current = await readCurrentVersion(folder);
      return current && { ...current, name, file: versionFile(folder, current.version) };
    }),
  );
  return tables.filter((table) => table !== null);
}

/** SHA-256 (hex) over the versions of all tables. */
export function dataVersionOf(tables: readonly StoredTable[]): string {
  const hash = createHash('sha256');
  for (const { name, version } of tables) hash.update(`${name}=${version}\n`);
  return hash.digest('hex');
}

/** A text that changes whenever a `current.json` was replaced. Costs one stat a dataset. */
export async function fingerprintTables(dataDir: string): Promise<string> {
  const names = await datasetFolders(dataDir);
  const marks = await Promise.all(
    names.map(async (name) => {
      const found = await stat(currentFile(join(dataDir, name)), { bigint: true }).catch(nullWhenMissing);
      return found && `${name}:${found.ino}:${found.mtimeNs}`;
    }),
  );
  return marks.filter((mark) => mark !== null).join('\n');
}

async function datasetFolders(dataDir: string): Promise<readonly string[]> {
  const entries = (await readdir(dataDir, { withFileTypes: true }).catch(nullWhenMissing)) ?? [];
  return entries
    .filter((entry) => entry.isDirectory() && isDatasetName(entry.name))
    .map((entry) => entry.name)
    .sort();
}

function nullWhenMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
