import { once } from 'node:events';

/** Lets through whoever comes, unless it is closed: then they wait for it to be opened, or for their own signal. */
export class Gate {
  private opened: Promise<void> | null = null;
  private letThrough: () => void = () => undefined;

  close(): void {
    this.opened ??= new Promise((resolve) => (this.letThrough = resolve));
  }

  open(): void {
    this.letThrough();
    this.opened = null;
  }

  /** Rejects with the reason of `signal` when it fires first. */
  async passed(signal?: AbortSignal): Promise<void> {
    if (this.opened === null) return;
    const left = signal ? [once(signal, 'abort')] : [];
    await Promise.race([this.opened, ...left]);
    signal?.throwIfAborted();
  }
}
