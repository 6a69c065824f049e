const { readFileSync, readdirSync } = require('node:fs');
const path = require('node:path');
const fc = require('fast-check');

// All unit specs of the mutated libraries as one test file: each mutant loads their modules once instead of once a spec.
const root = path.resolve(__dirname, '../../../..');

// The same examples for every mutant, so that a score can be had again; and no time for finding the smallest one.
fc.configureGlobal({ seed: 1, endOnFailure: true });

// A mutant that one test has noticed is dead: the tests after it have nothing to say. Jest itself stops only between files.
let isNoticed = false;
/** @param {(...args: any[]) => unknown} test @returns {(...args: any[]) => Promise<void>} */
const untilNoticed =
  (test) =>
  async (...args) => {
    if (isNoticed) return;
    try {
      await test(...args);
    } catch (error) {
      isNoticed = true;
      throw error;
    }
  };
for (const name of ['it', 'test']) {
  const plain = Reflect.get(globalThis, name);
  /** @param {string} title @param {(...args: any[]) => unknown} body */
  const guarded = (title, body) => {
    plain(title, untilNoticed(body));
  };
  /** @param {any[]} table */
  const each = (...table) => {
    const rows = Reflect.apply(plain.each, plain, table);
    return (/** @type {string} */ title, /** @type {(...args: any[]) => unknown} */ body) =>
      rows(title, untilNoticed(body));
  };
  Reflect.set(globalThis, name, Object.assign(guarded, { each }));
}

const specs = ['policy', 'query-dsl'].flatMap((lib) => {
  const folder = path.join(root, 'libs', lib, 'src');
  const files = readdirSync(folder, { recursive: true }).map(String).sort();
  return files.filter((file) => file.endsWith('.spec.ts')).map((file) => path.join(folder, file));
});

// Properties of whole statements, thousands of examples each, take longer than all other specs together: a mutant that only they
// notice counts as a survivor.
const ofManyExamples = ['view-identity', 'canonical-shape', 'literals'].map((name) => `${name}.spec.ts`);
/** @param {string} file */
const checksProperties = (file) => (readFileSync(file, 'utf8').includes("from 'fast-check'") ? 1 : 0);

specs
  .filter((file) => !ofManyExamples.includes(path.basename(file)))
  .sort((a, b) => checksProperties(a) - checksProperties(b))
  .forEach((file) => require(file));
