import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder, whatever the caller's working directory is. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/**
 * The Node that every step after the install runs on, pinned by the npm package `node`.
 * @param {string} [folder] the repository
 */
export const pinnedNode = (folder = root) => path.join(folder, 'node_modules/.bin/node');
