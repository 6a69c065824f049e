import { readFile, rename, writeFile } from 'node:fs/promises';

/**
 * A small file of this stack's own (mode 600), made the first time.
 * @template T
 * @param {string} file
 * @param {() => T} make
 * @returns {Promise<T>}
 */
export async function loadOrCreateJson(file, make) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
  const made = make();
  await writeFile(`${file}.new`, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return made;
}
