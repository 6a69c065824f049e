import { runCommand } from './command.mjs';
import { pinnedNode } from './paths.mjs';
import { startProgress } from './progress.mjs';

/**
 * @typedef {{ ok: boolean, output: string }} StepOutcome
 * @typedef {{ name: string, run: (root: string, env: NodeJS.ProcessEnv) => Promise<StepOutcome> }} Step
 */

/** What the boundary rule prints, as a mere warning, when it checks nothing. */
const ruleSkipped = /the rule will be skipped/i;

/**
 * A step that a tool's own script carries out.
 * @param {string} name
 * @param {readonly string[]} args what the pinned Node is started with
 * @returns {Step}
 */
const toolStep = (name, args) => ({
  name,
  run: async (root, env) => {
    const { code, output } = await runCommand(pinnedNode(root), [...args], { cwd: root, env });
    return { ok: code === 0 && !ruleSkipped.test(output), output };
  },
});

const tsc = 'node_modules/typescript/bin/tsc';

/** Compiles what runs; the tiers that start the program need it. */
export const buildStep = toolStep('build', [tsc, '-b']);

/**
 * What must hold before any test is worth running. The steps of one group run at once: each keeps one core busy, and two
 * are there. Those of the second read the declarations that the build writes.
 * @type {readonly (readonly Step[])[]}
 */
export const checks = [
  [buildStep, toolStep('formatting', ['node_modules/prettier/bin/prettier.cjs', '--check', '.'])],
  [
    toolStep('types of the specs', [tsc, '-p', 'tsconfig.spec.json']),
    // Through Nx, because the boundary rule is silently skipped when no project graph has been computed.
    toolStep('lint and module boundaries', ['node_modules/nx/dist/bin/nx.js', 'run', 'sluice:lint']),
  ],
];

/**
 * Runs the steps of one group at once; quiet but for those that fail.
 * @param {readonly Step[]} group
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<readonly string[]>} the names of those that failed
 */
export async function runGroup(group, root, env) {
  const done = startProgress(group.map(({ name }) => name).join(' and '));
  const outcomes = await Promise.all(
    group.map(async ({ name, run }) => ({ name, ...(await run(root, env)) })),
  );
  const failed = outcomes.filter(({ ok }) => !ok);
  const names = failed.map(({ name }) => name);
  done(names.length === 0 ? 'ok' : `FAILED at ${names.join(' and ')}`);
  for (const { output } of failed) process.stdout.write(output);
  return names;
}
