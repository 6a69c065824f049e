import { randomUUID } from 'node:crypto';
import { FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { PAGE } from '../remote/call-limits.js';
import { isMissing, makeFolders, PRIVATE_FILE } from './durable-fs.js';

/** Where files are written before they are whole. Nothing in here is ever read. */
export class StagingArea {
  private constructor(private readonly folder: string) {}

  /** Opens the area and removes what processes that died left in it: files nobody wrote to for `staleAfterMs`. */
  static async open(root: string, staleAfterMs: number): Promise<StagingArea> {
    const area = new StagingArea(await makeFolders(root, ['staging']));
    while ((await area.removeStale(staleAfterMs)) === PAGE);
    return area;
  }

  /** Removes some of them, a page's worth at most; resolves with how many. */
  async removeStale(olderThanMs: number): Promise<number> {
    const before = Date.now() - olderThanMs;
    let removed = 0;
    for (const name of await readdir(this.folder)) {
      const file = path.join(this.folder, name);
      if (removed === PAGE) break;
      if ((await modifiedAt(file)) > before) continue;
      await rm(file, { force: true, recursive: true });
      removed += 1;
    }
    return removed;
  }

  async create(): Promise<{ readonly file: string; readonly handle: FileHandle }> {
    const file = path.join(this.folder, randomUUID());
    return { file, handle: await open(file, 'wx', PRIVATE_FILE) };
  }
}

async function modifiedAt(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    // Its owner published or removed it just now.
    if (isMissing(error)) return Infinity;
    throw error;
  }
}
