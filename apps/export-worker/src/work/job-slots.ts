import { SluiceError } from '@sluice/contracts';

/** Gives a slot back; harmless when called again. */
export type ReleaseSlot = () => void;

/** Bounds how many jobs run at once; those who ask wait in line. */
export class JobSlots {
  private free: number;
  private closed = false;
  private readonly waiting = new Set<(slot: ReleaseSlot | null) => void>();

  constructor(size: number) {
    this.free = size;
  }

  /**
   * Waits for a slot; null when none came free within `waitMs`.
   *
   * @throws SluiceError `unavailable` once the slots are closed
   */
  async acquire(waitMs: number): Promise<ReleaseSlot | null> {
    if (!this.closed && this.free > 0) return this.take();
    const slot = this.closed ? null : await this.wait(waitMs);
    if (slot === null && this.closed) throw new SluiceError('unavailable', 'The worker is shutting down.');
    return slot;
  }

  /** Lets nobody in any more, and sends those who wait away. */
  close(): void {
    this.closed = true;
    for (const answer of this.waiting) answer(null);
  }

  private wait(waitMs: number): Promise<ReleaseSlot | null> {
    return new Promise((resolve) => {
      const answer = (slot: ReleaseSlot | null): void => {
        clearTimeout(timer);
        this.waiting.delete(answer);
        resolve(slot);
      };
      const timer = setTimeout(answer, waitMs, null);
      this.waiting.add(answer);
    });
  }

  private take(): ReleaseSlot {
    this.free -= 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.free += 1;
      // Sets keep their order: the first in line is the first served.
      const [next] = this.waiting;
      if (next && !this.closed) next(this.take());
    };
  }
}
