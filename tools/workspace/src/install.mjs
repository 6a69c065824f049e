import { createHash } from 'node:crypto';
import { access, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { PlainError } from './plain-error.mjs';
import { lastLines, startProgress } from './progress.mjs';

const needed = ['.bin/node', 'typescript/bin/tsc'];

/**
 * Installs the packages of the lock file when they are not there yet.
 * @param {string} root the repository
 * @throws {PlainError} after showing the end of npm's output
 */
export async function ensureInstalled(root) {
  if (await isInstalled(root)) return;
  const done = startProgress('Installing packages (npm ci)');
  const { code, output } = await npmCi(root);
  if (code !== 0) {
    done('failed');
    process.stderr.write(`${lastLines(output, 25)}\n`);
    throw new PlainError(`the packages could not be installed: ${reasonIn(output)}`);
  }
  await checkBinaries(root);
  await writeFile(marker(root), await lockHash(root));
  done('done');
}

/**
 * @param {string} root
 * @returns {Promise<boolean>} whether node_modules holds what the lock file asks for
 */
export async function isInstalled(root) {
  const hash = await lockHash(root);
  const marked = await readFile(marker(root), 'utf8').catch(() => '');
  if (marked !== hash && !(await npmSaysSo(root))) return false;
  if ((await missingBinaries(root)).length > 0) return false;
  if (marked !== hash) await writeFile(marker(root), hash);
  return true;
}

/** @param {string} root */
const marker = (root) => path.join(root, 'node_modules/.sluice-lock');

/** @param {string} root */
async function lockHash(root) {
  const lock = await readFile(path.join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex');
}

/**
 * After somebody's own `npm install` the marker is old though all is there. npm keeps its own account of what it
 * has put in place, written last; only optional packages (other platforms' binaries) may be missing from it.
 * @param {string} root
 */
async function npmSaysSo(root) {
  const present = await readPackages(path.join(root, 'node_modules/.package-lock.json'));
  const wanted = await readPackages(path.join(root, 'package-lock.json'));
  return Object.entries(wanted).every(([place, { version, optional }]) => {
    const found = present[place];
    return place === '' || (found === undefined ? optional === true : found.version === version);
  });
}

/** @param {string} file @returns {Promise<Record<string, { version?: string, optional?: boolean }>>} */
async function readPackages(file) {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  return JSON.parse(text).packages ?? {};
}

/** @param {string} root */
async function missingBinaries(root) {
  const checks = needed.map((name) =>
    access(path.join(root, 'node_modules', name)).then(
      () => [],
      () => [name],
    ),
  );
  return (await Promise.all(checks)).flat();
}

/** @param {string} root */
async function checkBinaries(root) {
  const missing = await missingBinaries(root);
  if (missing.length === 0) return;
  throw new PlainError(
    `npm left out ${missing.join(' and ')}; its settings must not switch off install scripts (ignore-scripts).`,
  );
}

/** @param {string} root */
async function npmCi(root) {
  const args = ['ci', '--include=dev', '--no-progress', '--loglevel=warn'];
  const options = { cwd: root, env: { ...process.env, PATH: pathWithoutOwn(root) } };
  try {
    return await runCommand('npm', args, options);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    throw new PlainError('npm was not found; it comes with Node.');
  }
}

/**
 * `npm ci` first removes node_modules, and with it the pinned Node that may run this very script: npm must not
 * be started on that one.
 * @param {string} root
 */
function pathWithoutOwn(root) {
  const own = path.join(root, 'node_modules') + path.sep;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.filter((folder) => !(folder + path.sep).startsWith(own)).join(path.delimiter);
}

/** @param {string} output */
function reasonIn(output) {
  if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN/.test(output))
    return 'the package registry cannot be reached.';
  if (/ENOSPC/.test(output)) return 'the disk is full.';
  if (/EUSAGE/.test(output)) return 'package-lock.json does not fit package.json.';
  return 'npm says why in the lines above.';
}
