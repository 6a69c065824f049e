import { SluiceError } from '@sluice/contracts';
import { stopFault } from './engine-fault.js';

export interface SlotLimits {
  /** Statements that run at once. */
  readonly concurrency: number;
  /** Statements that wait at most; further ones are turned away. */
  readonly maxWaiting: number;
  /** How long one waits at most. */
  readonly waitTimeoutMs: number;
}

/** Gives back a slot; calling it again does nothing. */
export type ReleaseSlot = () => void;

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (fault: SluiceError) => void;
}

/** A fixed number of slots and a bounded line before them, first come first served. */
export class Slots {
  private free: number;
  private readonly line = new Set<Waiter>();
  private readonly idleListeners = new Set<() => void>();
  private closed = false;

  constructor(private readonly limits: SlotLimits) {
    this.free = limits.concurrency;
  }

  /** Rejects with `overloaded` (line full, or waited too long), `query-canceled`, or `unavailable` after `close`. */
  async acquire(signal: AbortSignal): Promise<ReleaseSlot> {
    if (this.closed) throw closing();
    if (signal.aborted) throw stopFault('query-canceled');
    if (this.free > 0) this.free -= 1;
    else await this.wait(signal);
    return this.releaseOnce();
  }

  /** Turns away all who wait or come; resolves when every slot is free again, or after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.closed = true;
    for (const waiter of [...this.line]) waiter.refuse(closing());
    if (this.free === this.limits.concurrency) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.idleListeners.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private async wait(signal: AbortSignal): Promise<void> {
    if (this.line.size >= this.limits.maxWaiting) throw this.overloaded();
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.line.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        admit: () => {
          leave();
          resolve();
        },
        refuse: (fault) => {
          leave();
          reject(fault);
        },
      };
      const onAbort = () => {
        waiter.refuse(stopFault('query-canceled'));
      };
      const timer = setTimeout(() => {
        waiter.refuse(this.overloaded());
      }, this.limits.waitTimeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      this.line.add(waiter);
    });
  }

  private releaseOnce(): ReleaseSlot {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const [next] = this.line;
      if (next) {
        next.admit();
        return;
      }
      this.free += 1;
      if (this.free === this.limits.concurrency)
        this.idleListeners.forEach((listener) => {
          listener();
        });
    };
  }

  private overloaded(): SluiceError {
    return new SluiceError('overloaded', 'Too many queries are running and waiting; try again later.', {
      retryAfter: Math.max(1, Math.ceil(this.limits.waitTimeoutMs / 1000)),
    });
  }
}

function closing(): SluiceError {
  return new SluiceError('unavailable', 'The engine is shutting down; try again later.', { retryAfter: 1 });
}
