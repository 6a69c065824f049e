import { spawn } from 'node:child_process';
import { Interrupted } from './plain-error.mjs';
import { catchSignals } from './signals.mjs';

const killAfterMs = 20_000;
const defaultDeadlineMs = 20 * 60_000;

/**
 * @typedef {object} CommandOptions
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [show] pass the output on while it comes
 * @property {number} [deadlineMs] after this long the command is ended
 * @property {AbortSignal} [signal] ends the command when aborted
 * @property {boolean} [terminal] the command may ask its user something (a password for sudo)
 *
 * @typedef {{ code: number, output: string, timedOut: boolean }} CommandResult
 * `code` is never 0 for a command that a signal, the deadline or an abort ended.
 */

/**
 * Runs a command in a process group of its own, so that ending it ends its children too, and a Ctrl-C of the
 * terminal reaches them only through here. One that may ask for something keeps the terminal and gets Ctrl-C
 * from there; it has to end its children itself.
 * @param {string} command
 * @param {string[]} args
 * @param {CommandOptions} options
 * @returns {Promise<CommandResult>}
 * @throws {Interrupted} after the command has ended, when this process was asked to end
 */
export async function runCommand(command, args, options) {
  const { cwd, env = process.env, show = false, deadlineMs = defaultDeadlineMs, signal } = options;
  const shares = options.terminal === true && process.stdin.isTTY;
  const stdin = shares ? 'inherit' : 'ignore';
  const child = spawn(command, args, { cwd, env, stdio: [stdin, 'pipe', 'pipe'], detached: !shares });
  const end = ender(child, shares);
  /** @type {NodeJS.Signals | undefined} */
  let interruptedBy;
  const release = catchSignals((name) => {
    interruptedBy = name;
    if (!shares || name !== 'SIGINT') end();
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, deadlineMs);
  signal?.addEventListener('abort', end, { once: true });
  const output = collectOutput(child, show);
  try {
    const code = await exitOf(child);
    if (interruptedBy !== undefined) throw new Interrupted(interruptedBy);
    return { code: timedOut || signal?.aborted ? code || 1 : code, output: output.text(), timedOut };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    end.done();
    release();
  }
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<number>} */
function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** @param {import('node:child_process').ChildProcess} child @param {boolean} alone not a group of its own */
function ender(child, alone) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @param {NodeJS.Signals} signal */
  const send = (signal) => (alone ? child.kill(signal) : signalGroup(child.pid, signal));
  const end = () => {
    send('SIGTERM');
    timer ??= setTimeout(() => send('SIGKILL'), killAfterMs);
  };
  return Object.assign(end, { done: () => clearTimeout(timer) });
}

/** @param {number | undefined} pid @param {NodeJS.Signals} signal */
function signalGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error; // already gone: fine
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {boolean} show
 */
function collectOutput(child, show) {
  const keep = 4_000_000; // characters; the end matters when something failed
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => {
      text = (text + chunk).slice(-keep);
      if (show) process.stdout.write(chunk);
    });
  }
  return { text: () => text };
}
