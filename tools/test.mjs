#!/usr/bin/env node
// `npm test`: every check and every test, in one command. `--tier NAME` (repeatable) runs those tests alone.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { addCounts, noTests, summaryLine } from './workspace/src/jest-results.mjs';
import { allTiers, runJest } from './workspace/src/jest-run.mjs';
import { root } from './workspace/src/paths.mjs';
import { PlainError, runMain } from './workspace/src/plain-error.mjs';
import { prepare } from './workspace/src/prepare.mjs';
import { checkMachine, thisMachine } from './workspace/src/requirements.mjs';
import { buildStep, checks, runGroup } from './workspace/src/steps.mjs';

/** @returns {readonly import('./workspace/src/src/jest-run.mjs').Tier[]} the tiers asked for, none for everything */
function chosenTiers() {
  const { values } = parseArgs({ options: { tier: { type: 'string', multiple: true } } });
  return (values.tier ?? []).map((name) => {
    const tier = allTiers.find((known) => known === name);
    if (tier === undefined) throw new PlainError(`--tier takes ${allTiers.join(', ')}; not "${name}".`);
    return tier;
  });
}

function stepEnvironment() {
  const { PATH, FORCE_COLOR, NO_COLOR, ...rest } = process.env;
  const bin = path.join(root, 'node_modules/.bin');
  const colour = NO_COLOR ? { NO_COLOR } : FORCE_COLOR || process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  return { ...rest, ...colour, PATH: `${bin}${path.delimiter}${PATH}`, NX_DAEMON: 'false' };
}

/** @param {readonly (readonly import('./workspace/src/src/steps.mjs').Step[])[]} groups @param {NodeJS.ProcessEnv} env */
async function firstFailing(groups, env) {
  for (const group of groups) {
    const failed = await runGroup(group, root, env);
    if (failed.length > 0) return failed;
  }
  return [];
}

/**
 * Adapters are covered by their integration tests, so one run of three tiers measures coverage. The end-to-end
 * tests speak to a program of its own, whose coverage nobody sees.
 * @param {readonly import('./workspace/src/src/jest-run.mjs').Tier[]} tiers
 */
const jestRuns = (tiers) =>
  tiers.length > 0
    ? [{ tiers, coverage: false }]
    : [
        { tiers: /** @type {const} */ (['unit', 'integration', 'contract']), coverage: true },
        { tiers: /** @type {const} */ (['e2e']), coverage: false },
      ];

await runMain(async () => {
  const tiers = chosenTiers();
  checkMachine(thisMachine());
  await prepare(root, { compile: false });
  const env = stepEnvironment();
  const unitOnly = tiers.length > 0 && tiers.every((tier) => tier === 'unit');
  const failing = await firstFailing(tiers.length === 0 ? checks : unitOnly ? [] : [[buildStep]], env);
  if (failing.length > 0) {
    process.stdout.write(`\nStopped at ${failing.join(' and ')}; no test was run.\n`);
    return 1;
  }
  let counts = noTests;
  for (const { tiers: names, coverage } of jestRuns(tiers)) {
    process.stdout.write(`\nTests: ${names.join(', ')}\n`);
    const started = Date.now();
    const outcome = await runJest(root, names, { coverage, env });
    counts = addCounts(counts, outcome.counts);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    process.stdout.write(`\n${names.join(', ')}: ${outcome.ok ? 'ok' : 'FAILED'} (${seconds} s)\n`);
    if (!outcome.ok) {
      process.stdout.write(`${summaryLine(counts)}\n`);
      return 1;
    }
  }
  process.stdout.write(`${summaryLine(counts)}\n`);
  return 0;
});
