import { mkdir, open, stat } from 'node:fs/promises';
import path from 'node:path';

/** Mode of every folder: nobody but the service's own user. */
export const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

/** Makes what was renamed, created or removed in a folder outlive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes `root/a/b/c`, each folder private and durable. */
export async function makeFolders(root: string, segments: readonly string[]): Promise<string> {
  let folder = root;
  for (const segment of segments) {
    const parent = folder;
    folder = path.join(parent, segment);
    const created = await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    if (created !== undefined) await syncFolder(parent);
  }
  return folder;
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
