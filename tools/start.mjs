#!/usr/bin/env node
// `npm start`: installs and builds what is missing, then runs everything in one process. Needs nothing but Node.
import path from 'node:path';
import { runInForeground } from './workspace/src/foreground.mjs';
import { pinnedNode, root } from './workspace/src/paths.mjs';
import { runMain } from './workspace/src/plain-error.mjs';
import { prepare } from './workspace/src/prepare.mjs';
import { checkMachine, thisMachine } from './workspace/src/requirements.mjs';

/**
 * Every running query holds one libuv thread, and file, DNS and key work needs some beside them: with the
 * default of four, four exports starve everything else. libuv reads it once, so it must be set before the start.
 */
const threads = '32';

/** A relative SLUICE_HOME is meant from where the caller stands, not from the repository. */
function programEnvironment() {
  const { SLUICE_HOME: home, UV_THREADPOOL_SIZE: size = threads } = process.env;
  return {
    ...process.env,
    UV_THREADPOOL_SIZE: size,
    ...(home ? { SLUICE_HOME: path.resolve(home) } : {}),
  };
}

await runMain(async () => {
  checkMachine(thisMachine());
  await prepare(root, { compile: true });
  const program = path.join(root, 'apps/standalone/dist/main.js');
  const args = [program, ...process.argv.slice(2)];
  return runInForeground(pinnedNode(), args, { cwd: root, env: programEnvironment() });
});
