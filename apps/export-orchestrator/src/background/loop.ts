/** Does one thing over and over, never twice at a time: every `everyMs`, and at once when woken. */
export class Loop {
  private running: Promise<void> | undefined;
  private closed = false;
  private woken = false;
  private endPause: (() => void) | undefined;

  /**
   * `step` resolves to true when there is more to do at once; `onError` is told what a round threw, and the next one
   * comes all the same.
   */
  constructor(
    private readonly step: () => Promise<unknown>,
    private readonly everyMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Makes the next round begin at once, or right after the one that is running. */
  wake(): void {
    this.woken = true;
    this.endPause?.();
  }

  /** Begins no further round, and resolves when the running one is done. */
  async close(): Promise<void> {
    this.closed = true;
    this.endPause?.();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.closed) {
      this.woken = false;
      try {
        if ((await this.step()) === true) this.woken = true;
      } catch (error) {
        this.onError(error);
      }
      if (this.mayPause()) await this.pause();
    }
  }

  private mayPause(): boolean {
    return !this.closed && !this.woken;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.everyMs);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
