import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlainError } from './plain-error.mjs';

/**
 * @typedef {object} LockTimes in milliseconds
 * @property {number} beat how often the holder shows that it lives
 * @property {number} stale silence after which the holder counts as dead
 * @property {number} wait how long to wait for the holder at most
 * @property {number} poll how often a waiting process looks
 */

/** @type {LockTimes} */
const defaults = { beat: 2_000, stale: 15_000, wait: 30 * 60_000, poll: 300 };

/**
 * Does `work` while no other process holds the lock file. A holder that was killed is noticed by its silence,
 * not by its process id, which may be in use again or belong to another container.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{ onWait?: () => void, times?: Partial<LockTimes> }} [options] `onWait` is called once, when somebody else is first
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { onWait = () => undefined, times = {} } = {}) {
  const owner = randomUUID();
  const all = { ...defaults, ...times };
  await mkdir(path.dirname(file), { recursive: true });
  await acquire(file, owner, all, onWait);
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), all.beat);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await ownerOf(file)) === owner) await rm(file, { force: true });
  }
}

/** @param {string} file @param {string} owner @param {LockTimes} times @param {() => void} onWait */
async function acquire(file, owner, times, onWait) {
  const started = Date.now();
  let waited = false;
  while (Date.now() - started < times.wait) {
    if (await create(file, owner)) {
      // Two waiters may both have removed a dead holder's file: whoever wrote last has it.
      if (waited) await sleep(times.poll / 3);
      if (!waited || (await ownerOf(file)) === owner) return;
    }
    if (!waited) onWait();
    waited = true;
    if (await isStale(file, times.stale)) await rm(file, { force: true });
    else await sleep(times.poll);
  }
  throw new PlainError(`another start holds ${file} for too long; end it, or remove that file.`);
}

/** @param {string} file @param {string} owner */
async function create(file, owner) {
  try {
    await writeFile(file, owner, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
const ownerOf = (file) => readFile(file, 'utf8').catch(() => undefined);

/** @param {string} file @param {number} staleMs */
async function isStale(file, staleMs) {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > staleMs;
}
