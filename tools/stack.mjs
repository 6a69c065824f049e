#!/usr/bin/env node
// `npm run stack`: installs and builds what is missing, then runs the five services as processes on real servers.
import path from 'node:path';
import { readOptions, USAGE } from './stack/src/options.mjs';
import { runInForeground } from './workspace/src/foreground.mjs';
import { pinnedNode, root } from './workspace/src/paths.mjs';
import { runMain } from './workspace/src/plain-error.mjs';
import { prepare } from './workspace/src/prepare.mjs';
import { checkMachine, thisMachine } from './workspace/src/requirements.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  const { help, home } = readOptions(args, process.env, root);
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  checkMachine(thisMachine());
  await prepare(root, { compile: true });
  const program = path.join(root, 'tools/stack/src/main.mjs');
  return runInForeground(pinnedNode(), [program, ...args], {
    cwd: root,
    env: { ...process.env, SLUICE_HOME: home },
  });
});
