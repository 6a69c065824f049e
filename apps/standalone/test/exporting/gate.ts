import { once } from 'node:events';

/** Lets through whoever comes, unless it is closed: then they wait for it to be opened, or for their own signal. */
export class Gate {
  private opened: PromiseWithResolvers<void> | null = null;

  close(): void {
    this.opened ??= Promise.withResolvers();
  }

  open(): void {
    this.opened?.resolve();
    this.opened = null;
  }

  /** Rejects with the reason of `signal` when it fires first. */
  async passed(signal?: AbortSignal): Promise<void> {
    if (this.opened === null) return;
    const left = signal ? [once(signal, 'abort')] : [];
    await Promise.race([this.opened.promise, ...left]);
    signal?.throwIfAborted();
  }
}
