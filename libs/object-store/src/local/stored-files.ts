import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ObjectPage, StoredObject } from '../object-store.js';
import { PAGE } from '../remote/call-limits.js';
import { isMissing } from './durable-fs.js';
import { layoutOf } from './file-format.js';

/** Lists the files below `root/folder`, in the order of their keys' segments, from behind the key `from`. */
export async function listFiles(root: string, folder: string, from: string | null): Promise<ObjectPage> {
  const objects: StoredObject[] = [];
  const after = from?.split('/') ?? [];
  for await (const key of keysBelow(root, folder === '' ? [] : folder.split('/'), after)) {
    if (objects.length === PAGE) return { objects, next: objects[PAGE - 1]?.key ?? null };
    const found = await describe(root, key);
    if (found !== null) objects.push(found);
  }
  return { objects, next: null };
}

async function* keysBelow(
  root: string,
  segments: readonly string[],
  after: readonly string[],
): AsyncGenerator<string> {
  for (const entry of await entriesOf(path.join(root, ...segments))) {
    const below = [...segments, entry.name];
    if (entry.isDirectory()) {
      if (compare(below, after.slice(0, below.length)) >= 0) yield* keysBelow(root, below, after);
    } else if (compare(below, after) > 0) {
      yield below.join('/');
    }
  }
}

async function entriesOf(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => compare([a.name], [b.name]));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function describe(root: string, key: string): Promise<StoredObject | null> {
  try {
    const { size, mtime } = await stat(path.join(root, key));
    return { key, bytes: layoutOf(size)?.clearBytes ?? 0, modifiedAt: mtime };
  } catch (error) {
    // Deleted while the folder was walked.
    if (isMissing(error)) return null;
    throw error;
  }
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [at, segment] of a.entries()) {
    const other = b[at];
    if (other === undefined) return 1;
    if (segment !== other) return segment < other ? -1 : 1;
  }
  return a.length - b.length;
}
