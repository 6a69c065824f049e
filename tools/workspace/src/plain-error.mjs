import { constants } from 'node:os';

/** A failure that its reader can act on: its message is shown alone, without a stack. */
export class PlainError extends Error {}

/** The user or a supervisor asked the script to end. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`ended by ${signal}`);
    this.signal = signal;
  }
}

/**
 * The exit code a shell would report for a process that a signal ended.
 * @param {NodeJS.Signals} signal
 */
export const exitCodeOf = (signal) => 128 + constants.signals[signal];

/**
 * Runs a script's main function and turns its outcome into the exit code.
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (error instanceof Interrupted) process.exitCode = exitCodeOf(error.signal);
    else if (error instanceof PlainError) {
      process.stderr.write(`sluice: ${error.message}\n`);
      process.exitCode = 1;
    } else throw error;
  }
}
