import { mkdir, readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { isDatasetName, versionFile, writeDurably } from '../tables/current-version.js';
import { StoredTable, readStoredTables } from '../tables/stored-table.js';
import { CatalogEntry, checkCatalogEntry, describeImported } from './catalog-entry.js';
import { CheckedRows, checkRows } from './check-rows.js';
import { ImportError, importCanceled } from './import-error.js';
import { withImportLock } from './import-lock.js';
import { reportProgress } from './import-progress.js';
import { ImportRequest, ImportSource, ImportedTable, TableShape } from './import-request.js';
import { ImportSession } from './import-session.js';
import { Relation, TARGET_TABLE, attachTarget, detachTarget, loadTable } from './load-table.js';
import { resourceReason } from './read-failure.js';
import { inspectFile } from './source-file.js';
import { newVersion, publishVersion, removeUnfinished, unfinishedFile } from './version-files.js';

const DEFAULT_MEMORY = '1GB';
const NEVER = new AbortController().signal;

/**
 * Loads a file or a query into a new version of a dataset, sorted by tenant and key, and makes it the current one; describes the dataset
 * in the catalogue when it is not there yet. Safe to kill at any point: the version that was current stays so until the new one is whole,
 * checked and on disk.
 *
 * Throws an ImportError, whose message is one sentence for whoever started the import.
 */
export async function importTable(request: ImportRequest): Promise<ImportedTable> {
  const { name, key } = request;
  if (!isDatasetName(name)) {
    throw new ImportError(
      `"${name}" cannot name a dataset; use letters, digits and underscores, 63 at most, and no name of the engine.`,
    );
  }
  if (key.length === 0) throw new ImportError('A key is needed: the columns that together are unique.');
  const dataDir = resolve(request.dataDir);
  const folder = join(dataDir, name);
  try {
    // Before anything is made: a misspelt file name leaves no trace.
    const from = await relationOf(request.source, request.signal);
    await refuseOtherCase(dataDir, name);
    await mkdir(folder, { recursive: true });
    return await withImportLock(folder, name, () => importLocked({ ...request, dataDir }, folder, from));
  } catch (error) {
    if (error instanceof ImportError) throw error;
    if (request.signal?.aborted) throw importCanceled();
    const reason = resourceReason(error) ?? 'something went wrong inside';
    throw new ImportError(`"${name}" could not be imported: ${reason}.`, { cause: error });
  }
}

/** The engine does not tell names apart by case, so two folders that do would hide one another. */
async function refuseOtherCase(dataDir: string, name: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const names = await readdir(dataDir);
  const other = names.find((found) => found !== name && found.toLowerCase() === name.toLowerCase());
  if (other !== undefined) throw new ImportError(`There is a dataset "${other}" already; use its spelling.`);
}

async function importLocked(request: ImportRequest, folder: string, from: Relation): Promise<ImportedTable> {
  const version = newVersion(new Date());
  await removeUnfinished(folder);
  try {
    const built = await buildFile(request, unfinishedFile(folder, version), from);
    const columns = built.shape.columns;
    await publishVersion(folder, {
      version,
      rows: built.rows,
      importedAt: new Date().toISOString(),
      columns,
      sortedBy: built.sortedBy,
    });
    const catalogFile = await writeCatalogEntry(request.catalogDir, built.entry, built.shape);
    return { ...built.shape, version, rows: built.rows, file: versionFile(folder, version), catalogFile };
  } finally {
    await removeUnfinished(folder);
  }
}

async function relationOf(source: ImportSource, signal = NEVER): Promise<Relation> {
  return 'sql' in source ? source : { file: await inspectFile(source.file, signal) };
}

interface BuiltFile extends CheckedRows {
  readonly shape: TableShape;
  readonly entry: CatalogEntry;
}

/** Builds and checks the new version under a name that no reader looks at. */
async function buildFile(request: ImportRequest, path: string, from: Relation): Promise<BuiltFile> {
  const session = await ImportSession.open({
    memoryLimit: request.memoryLimit ?? DEFAULT_MEMORY,
    threads: request.threads ?? availableParallelism(),
    spillFolder: `${path}-spill`,
    tables: await dependencies(request),
    signal: request.signal ?? NEVER,
  });
  const progress = reportProgress(request, () => session.percent);
  try {
    await attachTarget(session, path);
    progress.enter('reading');
    const shape = await loadTable(session, from, request);
    progress.enter('checking');
    const checked = await checkRows(session, TARGET_TABLE, shape);
    const entry = await checkCatalogEntry(request.catalogDir, shape);
    progress.enter('saving');
    await detachTarget(session);
    return { shape, ...checked, entry };
  } finally {
    progress.end();
    await session.close();
  }
}

async function dependencies({ source, dataDir }: ImportRequest): Promise<readonly StoredTable[]> {
  if (!('sql' in source)) return [];
  const tables = await readStoredTables(dataDir);
  return source.dependsOn.map((name) => {
    const table = tables.find((candidate) => candidate.name === name);
    if (!table) throw new ImportError(`"${name}" has to be imported first.`);
    return table;
  });
}

async function writeCatalogEntry(
  catalogDir: string,
  entry: CatalogEntry,
  shape: TableShape,
): Promise<string | null> {
  if (entry.exists) return null;
  await mkdir(catalogDir, { recursive: true });
  await writeDurably(entry.path, describeImported(shape));
  return entry.path;
}
