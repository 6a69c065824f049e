import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { findExecutable, tail } from './commands.mjs';
import { eventually } from './ports.mjs';

const START_DEADLINE_MS = 180_000;

/**
 * Starts a server in a process group of its own, so that Ctrl-C reaches us and not it, and waits until `ready`
 * says so. The kernel ends it if this process is killed (where `setpriv` exists).
 *
 * @returns `{pid, stop}`; `stop` asks with `stopSignal`, and after `stopDeadlineMs` insists.
 * @throws Error with the end of the log when it ends early or does not get ready in time.
 */
export async function startServer(options) {
  const { name, logFile, ready, signal } = options;
  const child = spawnDetached(options);
  const server = { pid: child.pid, stop: () => stopServer(child, options) };
  let ended;
  child.exited = new Promise((resolve) => {
    const end = (reason) => {
      ended ??= reason;
      resolve();
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, by) => end(`it ended with ${by ?? `code ${code}`}`));
  });
  try {
    const isReady = await eventually(async () => ended || (await ready()), START_DEADLINE_MS, signal);
    if (isReady && !ended) return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
  await server.stop();
  const reason = ended ?? `it was not ready within ${START_DEADLINE_MS / 1_000} s`;
  throw new Error(
    `${name} did not start: ${reason}. The end of ${logFile}:\n${tail(readFileSync(logFile, 'utf8'))}`,
  );
}

function spawnDetached({ command, args, env, cwd, logFile, stopSignal, user, reach }) {
  const log = openSync(logFile, 'a', 0o600);
  const [program, ...rest] = [...withPrivileges(user, stopSignal, reach), command, ...args];
  const child = spawn(program, rest, { env, cwd, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

/** Lets a program of another user read and search past the modes of folders that lead to its own; without the securebit access(2) ignores it. */
const REACH = [
  '--inh-caps=+dac_read_search',
  '--ambient-caps=+dac_read_search',
  '--securebits=+no_setuid_fixup',
];

/**
 * What has to stand before a command to run it as `user` (root only) and to tie its life to ours; with `reach`, its folder may lie below
 * folders that are closed to that user.
 */
export function withPrivileges(user, deathSignal, reach = false) {
  const setpriv = findExecutable('setpriv');
  if (!setpriv) {
    if (user)
      throw new Error('setpriv (package util-linux) is needed to start Postgres as another user than root.');
    return [];
  }
  const identity = user ? ['--reuid', user, '--regid', user, '--init-groups', ...(reach ? REACH : [])] : [];
  const death = deathSignal ? ['--pdeathsig', deathSignal.replace('SIG', '')] : [];
  return identity.length + death.length > 0 ? [setpriv, ...identity, ...death, '--'] : [];
}

async function stopServer(child, { stopSignal, stopDeadlineMs = 15_000 }) {
  if (child.pid === undefined) return;
  signalGroup(child.pid, stopSignal);
  const stopped = await eventually(() => !groupLives(child.pid), stopDeadlineMs);
  if (!stopped) signalGroup(child.pid, 'SIGKILL');
  await child.exited;
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function groupLives(pid) {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}
