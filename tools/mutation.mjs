#!/usr/bin/env node
// `npm run test:mutation`: changes the query language and the policy in thousands of small ways and counts how many of
// the changes the unit specs notice. `-- --mutate FILE` (repeatable) narrows it to some files.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import strykerConfig from '../stryker.config.mjs';
import { runCommand } from './workspace/src/command.mjs';
import { readScores, scoreLines } from './workspace/src/mutation/scores.mjs';
import { pinnedNode, root } from './workspace/src/paths.mjs';
import { runMain } from './workspace/src/plain-error.mjs';
import { prepare } from './workspace/src/prepare.mjs';
import { checkMachine, thisMachine } from './workspace/src/requirements.mjs';

/** Far more than it takes on cores that nobody else uses. */
const deadlineMs = 90 * 60_000;

await runMain(async () => {
  const { values } = parseArgs({ options: { mutate: { type: 'string', multiple: true } } });
  checkMachine(thisMachine());
  await prepare(root, { compile: false });
  const leftOut = strykerConfig.mutate.filter((pattern) => pattern.startsWith('!'));
  const mutate = values.mutate ? ['--mutate', [...values.mutate, ...leftOut].join(',')] : [];
  const report = path.join(root, 'coverage/mutation/report.json');
  await rm(report, { force: true });
  const { code } = await runCommand(
    pinnedNode(root),
    ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', ...mutate],
    { cwd: root, show: true, deadlineMs },
  );
  // Stryker leaves with 1 below the threshold of its configuration, and also when it could not run at all.
  const scores = await readScores(report).catch(() => undefined);
  if (scores) process.stdout.write(`\n${scoreLines(scores).join('\n')}\n`);
  return scores || code !== 0 ? code : 1;
});
