import { access, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { noTests, readCounts } from './jest-results.mjs';
import { pinnedNode } from './paths.mjs';

/** After its results are written Jest ends at once, unless a test left something open (a socket, a timer). */
const lingerMs = 60_000;
/** Of one run of Jest: room for two cores that others use as well. Faults last, one after the other. */
const deadlineMs = 45 * 60_000;
const faultsDeadlineMs = 150 * 60_000;

/**
 * @typedef {'unit' | 'integration' | 'contract' | 'e2e' | 'faults'} Tier
 * @typedef {{ ok: boolean, counts: import('./jest-results.mjs').Counts }} JestOutcome
 */

/** @type {readonly Tier[]} */
export const allTiers = ['unit', 'integration', 'contract', 'e2e', 'faults'];

/**
 * Runs the given tiers of every project in one Jest run, with the servers they need.
 * @param {string} root the repository
 * @param {readonly Tier[]} tiers
 * @param {{ coverage: boolean, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<JestOutcome>} `ok` is false also when coverage is too low or Jest cannot end
 */
export async function runJest(root, tiers, { coverage, env }) {
  const results = path.join(root, 'coverage', `results-${tiers.join('-')}.json`);
  await mkdir(path.dirname(results), { recursive: true });
  await rm(results, { force: true });
  const jest = [pinnedNode(root), ...jestArguments(tiers, results, coverage)];
  const services = [process.execPath, 'tools/services/services.mjs', 'run', '--'];
  const needsServers = tiers.some((tier) => ['integration', 'contract', 'faults'].includes(tier));
  const [command = '', ...args] = needsServers ? [...services, ...jest] : jest;
  const linger = endLingering(results);
  const { code } = await runCommand(command, args, {
    cwd: root,
    env: { ...env, SLUICE_TIERS: tiers.join(',') },
    show: true,
    terminal: true,
    deadlineMs: tiers.includes('faults') ? faultsDeadlineMs : deadlineMs,
    signal: linger.signal,
  }).finally(linger.stop);
  const counts = await readCounts(results).catch(() => undefined);
  if (counts === undefined)
    process.stdout.write('Jest left no results: it did not get as far as the tests.\n');
  return { ok: code === 0 && counts !== undefined, counts: counts ?? noTests };
}

/** @param {readonly Tier[]} tiers @param {string} results @param {boolean} coverage */
function jestArguments(tiers, results, coverage) {
  return [
    '--experimental-vm-modules', // for packages that are ES modules only: see jest-with-modules.cjs
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--ci',
    '--json',
    `--outputFile=${results}`,
    ...(coverage ? ['--coverage'] : []),
    // Each end-to-end spec starts the whole program: two at once would only slow each other down.
    ...(tiers.includes('e2e') || tiers.includes('faults') ? ['--runInBand'] : []),
  ];
}

/** @param {string} results */
function endLingering(results) {
  const controller = new AbortController();
  let doneAt = 0;
  const timer = setInterval(async () => {
    const written = await access(results).then(() => true, () => false); // prettier-ignore
    if (!written) return;
    doneAt ||= Date.now();
    if (Date.now() - doneAt < lingerMs) return;
    process.stdout.write('Jest has finished but does not end: a test left something open. Ending it.\n');
    clearInterval(timer);
    controller.abort();
  }, 1_000);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}
