import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { withPrivileges } from '../../services/server-process.mjs';
import { lineSplitter } from './log-line.mjs';

/** An end with it is a bad setting: starting again changes nothing. */
export const BAD_SETTINGS = 78;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** Who ran for so long did not fail at its start. */
const STEADY_MS = 30_000;

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {string} command
 * @property {readonly string[]} args
 * @property {NodeJS.ProcessEnv} env
 * @property {(line: string) => void} onLine told each line that it prints
 * @property {(text: string) => void} onEvent told what becomes of it
 * @property {(code: number) => void} onGivenUp told when it will not be started again
 */

/** A program that is started again when it dies. It gets a group of its own, so that Ctrl-C reaches it only through here, and it dies with us. */
export class KeptRunning {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  child;
  stopping = false;
  pauseMs = FIRST_PAUSE_MS;
  startedAt = 0;
  /** @type {NodeJS.Timeout | undefined} */
  timer;

  /** @param {Program} program */
  constructor(program) {
    this.program = program;
  }

  start() {
    const { command, args, env, onLine } = this.program;
    const [first = command, ...rest] = [...withPrivileges(undefined, 'SIGKILL'), command, ...args];
    this.startedAt = performance.now();
    const child = spawn(first, rest, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      const lines = lineSplitter(onLine);
      stream.setEncoding('utf8').on('data', lines.push).on('end', lines.end);
    }
    child.once('error', (error) => {
      this.child = undefined; // it never ran, so there is no end of it to wait for
      this.ended(error.message, null);
    });
    child.once('exit', (code, signal) => this.ended(`it ended with ${signal ?? `code ${code}`}`, code));
  }

  get running() {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Asks it to end, and insists when it takes longer than `withinMs`. @param {number} withinMs */
  async stop(withinMs) {
    this.stopping = true;
    clearTimeout(this.timer);
    if (!this.running || !this.child) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const insist = setTimeout(() => {
      this.program.onEvent(`it did not end within ${withinMs / 1_000} s and is killed`);
      this.kill();
    }, withinMs);
    await ended;
    clearTimeout(insist);
  }

  kill() {
    this.stopping = true;
    clearTimeout(this.timer);
    if (this.running) this.child?.kill('SIGKILL');
  }

  /** @param {string} how @param {number | null} code */
  ended(how, code) {
    if (this.stopping) return;
    if (code === BAD_SETTINGS) {
      this.program.onEvent(how);
      this.program.onGivenUp(code);
      return;
    }
    if (performance.now() - this.startedAt > STEADY_MS) this.pauseMs = FIRST_PAUSE_MS;
    this.program.onEvent(`${how}; it is started again in ${this.pauseMs / 1_000} s`);
    this.timer = setTimeout(() => this.start(), this.pauseMs);
    this.pauseMs = Math.min(2 * this.pauseMs, LONGEST_PAUSE_MS);
  }
}
