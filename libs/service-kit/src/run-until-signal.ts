import { constants } from 'node:os';
import { PlainError } from './plain-error.js';
import { type RunningApp } from './running-app.js';
import { SettingsError } from './settings.js';

/** Exit codes of every Sluice process. Of a second signal it dies, which shells tell as 128 + its number. */
export const EXIT_CODES = {
  /** Everything was closed in time. */
  clean: 0,
  /** Starting or closing failed, or closing took too long. */
  failed: 1,
  /** A setting is not usable (`EX_CONFIG` of sysexits.h). */
  badSettings: 78,
} as const;

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
type StopSignal = (typeof SIGNALS)[number];
/** Past the grace period, for what the app itself does on time-out. */
const LAST_RESORT_MS = 1_000;

/** What is used of `process`; replaced in tests. */
export interface ProcessHandle {
  readonly stderr: { write(text: string): unknown };
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
  readonly pid: number;
  kill(pid: number, signal: StopSignal): unknown;
  exit(code: number): void;
}

/** The start was ended by a signal before it was done: nothing failed. */
export class StoppedAtStart extends Error {
  constructor() {
    super('Stopped before everything had started.');
    this.name = 'StoppedAtStart';
  }
}

/**
 * Waits for SIGTERM or SIGINT, closes the app and exits. A second signal ends the process at once.
 *
 * @param graceMs how long closing may take; past it, and one second more, the process exits with 1
 */
export async function runUntilSignal(
  app: RunningApp,
  graceMs: number,
  handle: ProcessHandle = process,
): Promise<void> {
  await closeOnSignal(app, graceMs, handle, listenTo(handle));
}

interface Listening {
  /** Fires at the first signal. */
  readonly stopping: AbortSignal;
  letGo(): void;
}

/** The first signal is told, the second one is died of. */
function listenTo(handle: ProcessHandle): Listening {
  const stopping = new AbortController();
  const letGo = (): void => {
    for (const each of SIGNALS) handle.off(each, listeners[each]);
  };
  const stop = (signal: StopSignal): void => {
    if (!stopping.signal.aborted) stopping.abort(new StoppedAtStart());
    else {
      letGo();
      dieOf(signal, handle);
    }
  };
  const listeners = {
    SIGTERM: () => {
      stop('SIGTERM');
    },
    SIGINT: () => {
      stop('SIGINT');
    },
  };
  for (const signal of SIGNALS) handle.on(signal, listeners[signal]);
  return { stopping: stopping.signal, letGo };
}

async function closeOnSignal(
  app: RunningApp,
  graceMs: number,
  handle: ProcessHandle,
  { stopping, letGo }: Listening,
): Promise<void> {
  if (!stopping.aborted) {
    await new Promise((resolve) => {
      stopping.addEventListener('abort', resolve, { once: true });
    });
  }
  const code = await inTime(() => app.close(graceMs), `${app.name} did not close`, graceMs, handle);
  letGo();
  handle.exit(code);
}

/**
 * An exit waits for the threads of the pool, and one that writes into a pipe that nobody reads any more never comes back: an export
 * kept its worker alive so. A signal that nobody handles waits for nothing.
 */
function dieOf(signal: StopSignal, handle: ProcessHandle): void {
  handle.kill(handle.pid, signal);
  // Only the first process of a container gets here: such signals do not reach it.
  handle.exit(128 + constants.signals[signal]);
}

/**
 * The whole of a `main.ts`: starts the app and runs it until a signal. A bad start is told in its own words.
 *
 * @param start is told by its argument when a signal comes before it is done; it then has to reject, with StoppedAtStart when all went well
 */
export async function runMain(
  start: (stopping: AbortSignal) => Promise<RunningApp>,
  graceMs = 25_000,
  handle: ProcessHandle = process,
): Promise<void> {
  const listening = listenTo(handle);
  let app: RunningApp;
  try {
    app = await startInTime(start, graceMs, listening.stopping);
  } catch (error) {
    listening.letGo();
    tell(error, handle);
    return;
  }
  await closeOnSignal(app, graceMs, handle, listening);
}

/** A start that is told to stop has to come to an end as fast as a close. */
async function startInTime(
  start: (stopping: AbortSignal) => Promise<RunningApp>,
  graceMs: number,
  stopping: AbortSignal,
): Promise<RunningApp> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const limit = (): void => {
      timer = setTimeout(() => {
        reject(new PlainError(`The start did not stop within ${String(graceMs)} ms.`));
      }, graceMs + LAST_RESORT_MS);
    };
    stopping.addEventListener('abort', limit, { once: true });
  });
  try {
    return await Promise.race([start(stopping), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

function tell(error: unknown, handle: ProcessHandle): void {
  if (error instanceof StoppedAtStart) {
    handle.exit(EXIT_CODES.clean);
    return;
  }
  const known = error instanceof SettingsError;
  handle.stderr.write(`${known ? error.message : describe(error)}\n`);
  handle.exit(known ? EXIT_CODES.badSettings : EXIT_CODES.failed);
}

async function inTime(
  close: () => Promise<void>,
  failure: string,
  graceMs: number,
  handle: ProcessHandle,
): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${failure} within ${String(graceMs)} ms`));
    }, graceMs + LAST_RESORT_MS);
  });
  try {
    await Promise.race([close(), tooLate]);
    return EXIT_CODES.clean;
  } catch (error) {
    handle.stderr.write(`${describe(error)}\n`);
    return EXIT_CODES.failed;
  } finally {
    clearTimeout(timer);
  }
}

function describe(error: unknown): string {
  if (error instanceof PlainError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
