import { spawn } from 'node:child_process';
import { exitCodeOf } from './plain-error.mjs';
import { catchSignals } from './signals.mjs';

/**
 * Runs a program as if it had been started directly: its terminal, its exit code, and each signal exactly once.
 *
 * It gets a session of its own. Else Ctrl-C would reach it from the terminal and from here, and a program takes
 * the second one as "now"; and it would reach the Postgres it has started, which then ends before its clients.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} the exit code, 128 + n when signal n ended it
 */
export async function runInForeground(command, args, { cwd, env }) {
  const child = spawn(command, args, { cwd, env, stdio: 'inherit', detached: true });
  const release = catchSignals((signal) => {
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal); // a closed terminal is a reason to drain, not to drop
  });
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : exitCodeOf(signal)));
    });
  } finally {
    release();
  }
}
