const { readdirSync } = require('node:fs');
const path = require('node:path');
const fc = require('fast-check');

// All unit specs of the mutated libraries as one test file: each mutant loads their modules once instead of once a spec.
const root = path.resolve(__dirname, '../../../..');

// The same examples for every mutant, so that a score can be had again; and no time for finding the smallest one.
fc.configureGlobal({ seed: 1, endOnFailure: true });

for (const lib of ['policy', 'query-dsl']) {
  const folder = path.join(root, 'libs', lib, 'src');
  const files = readdirSync(folder, { recursive: true }).map(String).sort();
  for (const file of files) if (file.endsWith('.spec.ts')) require(path.join(folder, file));
}
