/** What every app's `start…` returns: enough to ask how it is and to stop it. */
export interface RunningApp {
  readonly name: string;
  /** Names what is not ready; empty when all is. */
  notReady(): Promise<readonly string[]>;
  /** Names what only a new process mends; empty, or absent, when nothing is. Asked at once, so it must not wait. */
  broken?(): readonly string[];
  /** Stops taking work, finishes or hands back what runs, closes in order; at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}
