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
  await new Promise<void>((resolve) => {
    let stopping = false;
    const letGo = (): void => {
      for (const each of SIGNALS) handle.off(each, listeners[each]);
    };
    const stop = (signal: StopSignal): void => {
      if (stopping) {
        letGo();
        dieOf(signal, handle);
        return;
      }
      stopping = true;
      void closeInTime(app, graceMs, handle).then((code) => {
        letGo();
        resolve();
        handle.exit(code);
      });
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
  });
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

/** The whole of a `main.ts`: starts the app and runs it until a signal. A bad start is told in its own words. */
export async function runMain(
  start: () => Promise<RunningApp>,
  graceMs = 25_000,
  handle: ProcessHandle = process,
): Promise<void> {
  let app: RunningApp;
  try {
    app = await start();
  } catch (error) {
    const known = error instanceof SettingsError;
    handle.stderr.write(`${known ? error.message : describe(error)}\n`);
    handle.exit(known ? EXIT_CODES.badSettings : EXIT_CODES.failed);
    return;
  }
  await runUntilSignal(app, graceMs, handle);
}

async function closeInTime(app: RunningApp, graceMs: number, handle: ProcessHandle): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${app.name} did not close within ${String(graceMs)} ms`));
    }, graceMs + LAST_RESORT_MS);
  });
  try {
    await Promise.race([app.close(graceMs), tooLate]);
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
