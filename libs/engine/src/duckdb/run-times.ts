/** How much the last run counts: about the last ten make the mean. */
const WEIGHT = 0.2;
const LONGEST_SECONDS = 60;

/** How long runs take, for an honest answer to "when shall I come back?". */
export class RunTimes {
  private mean: number | undefined;
  private readonly started = new Set<{ readonly at: number }>();

  /** Returns what to call when the run has ended. */
  start(): () => void {
    const run = { at: performance.now() };
    this.started.add(run);
    return () => {
      if (!this.started.delete(run)) return;
      const took = performance.now() - run.at;
      this.mean = this.mean === undefined ? took : this.mean + WEIGHT * (took - this.mean);
    };
  }

  /**
   * Whole seconds, 1 to 60, until `waiting` runs have gone through `concurrency` places. Runs that are still on count with the time they
   * have had, so that a first long one is not taken for a short one.
   */
  secondsUntil(waiting: number, concurrency: number): number {
    const now = performance.now();
    const ages = [...this.started].map(({ at }) => now - at);
    const age = ages.length > 0 ? ages.reduce((sum, each) => sum + each, 0) / ages.length : 0;
    const ms = (waiting * Math.max(this.mean ?? 0, age)) / concurrency;
    return Math.min(LONGEST_SECONDS, Math.max(1, Math.ceil(ms / 1_000)));
  }
}
