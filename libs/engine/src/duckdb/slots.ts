import { SluiceError } from '@sluice/contracts';
import { canceledFault } from './engine-fault.js';
import { FairLine } from './fair-line.js';
import { RunTimes } from './run-times.js';

export interface SlotLimits {
  /** Statements that run at once. */
  readonly concurrency: number;
  /** Statements that wait at most; further ones are turned away. */
  readonly maxWaiting: number;
  /** How long one waits at most. */
  readonly waitTimeoutMs: number;
}

/** How many hold a slot and how many stand in line. */
export interface SlotLoad {
  readonly running: number;
  readonly waiting: number;
}

/** Gives back a slot; calling it again does nothing. */
export type ReleaseSlot = () => void;

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (fault: SluiceError) => void;
}

/** Those who name no tenant share one turn. */
const NO_TENANT = '';

/** A fixed number of slots and a bounded line before them, in which tenants take turns. */
export class Slots {
  private running = 0;
  private readonly line = new FairLine<Waiter>();
  private readonly times = new RunTimes();
  private readonly idleListeners = new Set<() => void>();
  private closed = false;

  constructor(
    private readonly limits: SlotLimits,
    /** Told after each change. */
    private readonly onLoad: (load: SlotLoad) => void = () => undefined,
  ) {}

  /**
   * Rejects with `overloaded` (line full, displaced by a tenant that waits with less, or waited too long), `query-canceled`, or `unavailable`
   * after `close`. `details.retryAfter` tells in seconds how long the line would take.
   */
  async acquire(signal: AbortSignal, tenant = NO_TENANT): Promise<ReleaseSlot> {
    if (this.closed) throw closing();
    if (signal.aborted) throw canceledFault();
    // Whoever releases a slot admits the next at once, so a free slot means an empty line.
    if (this.running >= this.limits.concurrency) return this.wait(signal, tenant);
    return this.take(tenant);
  }

  load(): SlotLoad {
    return { running: this.running, waiting: this.line.size };
  }

  /** Turns away all who wait or come; resolves when every slot is free again, or after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.closed = true;
    for (const waiter of this.line.all()) waiter.refuse(closing());
    if (this.running === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.idleListeners.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private wait(signal: AbortSignal, tenant: string): Promise<ReleaseSlot> {
    this.makeRoom(tenant);
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.line.leave(tenant, waiter);
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        admit: () => {
          // First the slot, then out of the line: a tenant that had nothing else is not forgotten in between.
          const release = this.take(tenant);
          leave();
          resolve(release);
        },
        refuse: (fault) => {
          leave();
          reject(fault);
          this.tellLoad();
        },
      };
      const onAbort = () => {
        waiter.refuse(canceledFault());
      };
      const timer = setTimeout(() => {
        waiter.refuse(this.overloaded());
      }, this.limits.waitTimeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      this.line.join(tenant, waiter);
      this.tellLoad();
    });
  }

  private makeRoom(tenant: string): void {
    if (this.line.size < this.limits.maxWaiting) return;
    const displaced = this.line.displacedBy(tenant);
    if (!displaced) throw this.overloaded();
    displaced.refuse(this.overloaded());
  }

  private take(tenant: string): ReleaseSlot {
    this.running += 1;
    this.line.started(tenant);
    const ended = this.times.start();
    this.tellLoad();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      ended();
      this.free(tenant);
    };
  }

  private free(tenant: string): void {
    this.running -= 1;
    this.line.ended(tenant);
    this.line.next()?.admit();
    this.tellLoad();
    if (this.running > 0) return;
    for (const listener of this.idleListeners) listener();
  }

  private tellLoad(): void {
    this.onLoad(this.load());
  }

  private overloaded(): SluiceError {
    return new SluiceError('overloaded', 'Too many queries are running and waiting; try again later.', {
      retryAfter: this.times.secondsUntil(this.line.size, this.limits.concurrency),
    });
  }
}

function closing(): SluiceError {
  return new SluiceError('unavailable', 'The engine is shutting down; try again later.', { retryAfter: 1 });
}
