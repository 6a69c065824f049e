import { DuckDBInstance } from '@duckdb/node-api';
import { randomUUID } from 'node:crypto';
import { link, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { engineMessage } from '../duckdb/engine-message.js';
import { ImportError } from './import-error.js';

const LOCK = 'import.lock';
/** The engine's lock holds between processes only, so imports of one process are told apart here. */
const heldHere = new Set<string>();

/**
 * Runs `work` as the only import into a folder. The lock is the one that the engine takes on a database file it may write: the system
 * drops it when its process dies, however that happens, so it can never be left behind.
 *
 * Throws an ImportError when another import holds it.
 */
export async function withImportLock<T>(folder: string, name: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, LOCK);
  if (heldHere.has(path)) throw busy(name);
  heldHere.add(path);
  try {
    await createOnce(folder, path);
    const lock = await take(path, name);
    try {
      return await work();
    } finally {
      lock.closeSync();
    }
  } finally {
    heldHere.delete(path);
  }
}

/** Makes the lock file whole under another name first: one that breaks off half-written could never be opened again. */
async function createOnce(folder: string, path: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists) return;
  const temporary = join(folder, `${randomUUID()}.importing`);
  const instance = await DuckDBInstance.create(temporary, { threads: '1' });
  instance.closeSync();
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function take(path: string, name: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(path, { threads: '1', memory_limit: '64MB' });
  } catch (error) {
    if (engineMessage(error).includes('Could not set lock')) throw busy(name);
    throw error;
  }
}

function busy(name: string): ImportError {
  return new ImportError(`Another import of "${name}" is running.`);
}
