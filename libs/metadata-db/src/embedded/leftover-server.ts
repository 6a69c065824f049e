import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandLineOf, eventually, isAlive, signal } from './processes.js';

const FAST_MS = 20_000;
const IMMEDIATE_MS = 10_000;

/** Fast shutdown (clients are cut off, everything is written); when that takes too long, as after a crash. */
export async function stopPostmaster(pid: number, gone = (): boolean => !isAlive(pid)): Promise<void> {
  signal(pid, 'SIGINT');
  if (await eventually(gone, FAST_MS)) return;
  signal(pid, 'SIGQUIT');
  if (await eventually(gone, IMMEDIATE_MS)) return;
  signal(pid, 'SIGKILL');
  await eventually(gone, IMMEDIATE_MS);
}

/**
 * Ends the server that a killed process left behind on `data`, and removes the pid file of one that died itself:
 * its number may belong to somebody else by now, and the server would then refuse to start.
 */
export async function clearLeftoverServer(data: string, onProgress: (line: string) => void): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = readPid(file);
  if (pid === undefined) return;
  if (isAlive(pid) && commandLineOf(pid).includes(data)) {
    onProgress('Stopping the database that an interrupted run left behind');
    await stopPostmaster(pid);
  }
  rmSync(file, { force: true });
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
