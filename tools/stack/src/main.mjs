import { root } from '../../workspace/src/paths.mjs';
import { exitCodeOf, PlainError, runMain } from '../../workspace/src/plain-error.mjs';
import { catchSignals } from '../../workspace/src/signals.mjs';
import { readOptions } from './options.mjs';
import { runStack } from './run-stack.mjs';

/** The second signal ends everything at once; servers are ended by the kernel as we go. */
const stopping = new AbortController();
/** @type {readonly import('./services.mjs').Service[]} */
let services = [];

catchSignals((signal) => {
  if (!stopping.signal.aborted) {
    stopping.abort(new PlainError('stopped before everything had started.'));
    return;
  }
  for (const { process: running } of services) running.kill();
  process.exit(exitCodeOf(signal));
});

await runMain(async () => {
  const options = readOptions(process.argv.slice(2), process.env, root);
  try {
    return await runStack(options, {
      root,
      env: process.env,
      signal: stopping.signal,
      onServices: (started) => {
        services = started;
      },
    });
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    // The compiled program has a class of its own for failures that their message tells whole.
    const isPlain = error instanceof Error && ['PlainError', 'SettingsError'].includes(error.name);
    throw isPlain ? new PlainError(error.message) : error;
  }
});
process.exit();
