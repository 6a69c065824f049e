import { runCommand } from './command.mjs';
import { pinnedNode } from './paths.mjs';
import { startProgress } from './progress.mjs';

/**
 * @typedef {{ name: string, run: (root: string, env: NodeJS.ProcessEnv) => Promise<boolean> }} Step
 */

/** What the boundary rule prints, as a mere warning, when it checks nothing. */
const ruleSkipped = /the rule will be skipped/i;

/**
 * A step that a tool's own script carries out; quiet unless it fails.
 * @param {string} name
 * @param {readonly string[]} args what the pinned Node is started with
 * @returns {Step}
 */
const toolStep = (name, args) => ({
  name,
  run: async (root, env) => {
    const done = startProgress(name);
    const { code, output } = await runCommand(pinnedNode(root), [...args], { cwd: root, env });
    const ok = code === 0 && !ruleSkipped.test(output);
    done(ok ? 'ok' : 'FAILED');
    if (!ok) process.stdout.write(output);
    return ok;
  },
});

const tsc = 'node_modules/typescript/bin/tsc';

/** Compiles what runs; the tiers that start the program need it. */
export const buildStep = toolStep('build', [tsc, '-b']);

/**
 * What must hold before any test is worth running.
 * @type {readonly Step[]}
 */
export const checks = [
  buildStep,
  toolStep('types of the specs', [tsc, '-p', 'tsconfig.spec.json']),
  // Through Nx, because the boundary rule is silently skipped when no project graph has been computed.
  toolStep('lint and module boundaries', ['node_modules/nx/dist/bin/nx.js', 'run', 'sluice:lint']),
  toolStep('formatting', ['node_modules/prettier/bin/prettier.cjs', '--check', '.']),
];
