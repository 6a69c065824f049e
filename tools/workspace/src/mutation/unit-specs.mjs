import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Properties of whole statements, thousands of examples each, take longer than all other specs together: a mutant that
 * only they notice counts as a survivor.
 */
const ofManyExamples = ['view-identity', 'canonical-shape', 'literals'].map((name) => `${name}.spec.ts`);

/**
 * The unit specs of the libraries that are changed; those with properties last, since a mutant that a quick test
 * notices needs no slow one.
 * @param {string} root the workspace, an absolute path
 * @returns {readonly string[]} absolute paths
 */
export function unitSpecs(root) {
  return ['policy', 'query-dsl']
    .flatMap((library) => specsIn(path.join(root, 'libs', library, 'src')))
    .filter((file) => !ofManyExamples.includes(path.basename(file)))
    .sort((a, b) => checksProperties(a) - checksProperties(b));
}

/** @param {string} folder */
function specsIn(folder) {
  const files = readdirSync(folder, { recursive: true }).map(String).sort();
  return files.filter((file) => file.endsWith('.spec.ts')).map((file) => path.join(folder, file));
}

/** @param {string} file */
const checksProperties = (file) => (readFileSync(file, 'utf8').includes("from 'fast-check'") ? 1 : 0);
