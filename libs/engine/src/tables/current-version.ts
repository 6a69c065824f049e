import {
  ColumnType,
  IDENTIFIER,
  RESERVED_DATASET_NAMES,
  formatColumnType,
  parseColumnType,
} from '@sluice/catalog';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A column as it is stored, in the order of the table. */
export interface StoredColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** What `current.json` says of a dataset: which of its immutable files is the one to read. */
export interface CurrentVersion {
  /** Sorts by time of import. */
  readonly version: string;
  readonly rows: number;
  /** ISO 8601, UTC. */
  readonly importedAt: string;
  readonly columns: readonly StoredColumn[];
  /** Columns by which the rows are stored in ascending order, none of them ever NULL; null when nobody has checked that. */
  readonly sortedBy: readonly string[] | null;
}

const CURRENT = 'current.json';

const schema = z.object({
  version: z.string().regex(/^[0-9A-Za-z-]{1,64}$/),
  rows: z.number().int().nonnegative(),
  importedAt: z.iso.datetime(),
  columns: z.array(
    z.object({
      name: z.string().regex(IDENTIFIER),
      type: z.string().transform((text, context): ColumnType => {
        const type = parseColumnType(text);
        if (type) return type;
        context.addIssue({ code: 'custom', message: `${text} is not a type` });
        return z.NEVER;
      }),
    }),
  ),
  sortedBy: z.array(z.string().regex(IDENTIFIER)).nullable().default(null),
});

/** True for what may name a dataset: an identifier that is none of the engine's own databases. */
export function isDatasetName(name: string): boolean {
  return IDENTIFIER.test(name) && !RESERVED_DATASET_NAMES.includes(name.toLowerCase());
}

export function currentFile(folder: string): string {
  return join(folder, CURRENT);
}

/** The database file that holds a version; one table, `main.rows`. */
export function versionFile(folder: string, version: string): string {
  return join(folder, `${version}.duckdb`);
}

/** Reads a dataset's `current.json`; null when it has no data yet. Throws when the file says nothing sensible. */
export async function readCurrentVersion(folder: string): Promise<CurrentVersion | null> {
  let text: string;
  try {
    text = await readFile(currentFile(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return schema.parse(JSON.parse(text));
}

/** Makes a version the current one, at once and durably: a reader sees the old file or the new one, whenever the power fails. */
export async function writeCurrentVersion(folder: string, current: CurrentVersion): Promise<void> {
  const columns = current.columns.map(({ name, type }) => ({ name, type: formatColumnType(type) }));
  await writeDurably(currentFile(folder), `${JSON.stringify({ ...current, columns }, null, 2)}\n`);
}

/** Replaces a small file through a temporary one beside it. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.importing`;
  const file = await open(temporary, 'w', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncToDisk(join(path, '..'));
}

/** Flushes a file, or the names in a folder, to the disk. */
export async function syncToDisk(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
