import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CurrentVersion,
  readCurrentVersion,
  syncToDisk,
  versionFile,
  writeCurrentVersion,
} from '../tables/current-version.js';

/** In the name of everything that is not finished. */
const UNFINISHED = '.importing';

/** A name that sorts by time: `20261123T130501123Z-9f86d081`. */
export function newVersion(now: Date): string {
  return `${now.toISOString().replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
}

export function unfinishedFile(folder: string, version: string): string {
  return join(folder, `${version}${UNFINISHED}`);
}

/** Removes what imports left that were killed. Only to be called under the import lock. */
export async function removeUnfinished(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.includes(UNFINISHED));
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/**
 * Makes a finished file the current version, then deletes all but it and its predecessor, which readers may be about to open. Killed at
 * any point, either the old version or the new one is current, and its file is there.
 */
export async function publishVersion(folder: string, current: CurrentVersion): Promise<void> {
  // One that cannot be read has no file worth keeping.
  const previous = await readCurrentVersion(folder).catch(() => null);
  const file = versionFile(folder, current.version);
  await syncToDisk(unfinishedFile(folder, current.version));
  await rename(unfinishedFile(folder, current.version), file);
  await writeCurrentVersion(folder, current);
  const kept = [file, ...(previous ? [versionFile(folder, previous.version)] : [])];
  const files = (await readdir(folder))
    .filter((name) => name.endsWith('.duckdb'))
    .map((name) => join(folder, name));
  await Promise.all(files.filter((path) => !kept.includes(path)).map((path) => rm(path, { force: true })));
}
