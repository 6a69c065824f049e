import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, startMarkOf } from './processes.js';

/**
 * Takes a folder for this process, so that a second one does not take a server in use for a leftover.
 *
 * @returns lets go of the folder.
 * @throws Error naming the process that has it.
 */
export function lockFolder(folder: string): () => void {
  const file = join(folder, 'owner');
  let holder = liveHolder(file);
  if (holder === undefined) {
    rmSync(file, { force: true });
    if (tryLink(file)) return () => rmSync(file, { force: true });
    holder = liveHolder(file);
  }
  throw new Error(`${folder} is in use by process ${holder ?? '(just ended)'}; stop it first.`);
}

/** Written under another name and linked, so that nobody ever reads half a lock. */
function tryLink(file: string): boolean {
  const own = `${file}-${process.pid}`;
  writeFileSync(own, `${process.pid} ${startMarkOf(process.pid)}`, { mode: 0o600 });
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function liveHolder(file: string): number | undefined {
  try {
    const [pid, mark] = readFileSync(file, 'utf8').split(' ');
    return isAlive(Number(pid)) && startMarkOf(Number(pid)) === mark ? Number(pid) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
