/** Asks again and again, one question at a time, until stopped. Its timer does not keep the process alive. */
export class DataWatch {
  private timer: NodeJS.Timeout | undefined;
  private asking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly pollMs: number,
    /** Must not reject. */
    private readonly ask: () => Promise<void>,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.asking = this.ask().finally(() => {
        if (!this.stopped) this.start();
      });
    }, this.pollMs).unref();
  }

  /** Resolves when the question that was being asked is answered. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.asking;
  }
}
