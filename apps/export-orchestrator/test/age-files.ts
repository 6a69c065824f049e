import { readdir, utimes } from 'node:fs/promises';
import path from 'node:path';

/** Makes whatever is in a folder now as old as that, so that no test has to wait for it. */
export async function ageFiles(folder: string, ms: number): Promise<void> {
  const then = (Date.now() - ms) / 1_000;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    // Whoever tidies up may take it away meanwhile.
    if (entry.isFile()) await utimes(path.join(entry.parentPath, entry.name), then, then).catch(unlessGone);
  }
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
