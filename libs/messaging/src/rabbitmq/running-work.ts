import { timerDelay } from '../limits.js';

/** What handlers are doing, so that closing can wait for it. */
export class RunningWork {
  private readonly tasks = new Set<Promise<void>>();

  constructor(private readonly onFault: (error: unknown) => void) {}

  add(task: Promise<void>): void {
    const tracked = task.catch(this.onFault).finally(() => this.tasks.delete(tracked));
    this.tasks.add(tracked);
  }

  /** Resolves once nothing runs, or after `graceMs`. */
  async finish(graceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timerDelay(graceMs));
    });
    const done = async (): Promise<void> => {
      while (this.tasks.size > 0) await Promise.all(this.tasks);
    };
    await Promise.race([done(), overdue]);
    clearTimeout(timer);
  }
}
