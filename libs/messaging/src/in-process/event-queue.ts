import { SluiceError } from '@sluice/contracts';
import { busIsClosed, BusObserver } from '../faults.js';

export type EventHandler = (message: unknown) => Promise<void>;

interface Member {
  readonly handler: EventHandler;
  readonly concurrency: number;
  running: number;
}

interface Delivery {
  readonly message: unknown;
  /** Called once: without an error when handled, with one when set aside. */
  readonly settle: (error?: SluiceError) => void;
  deliveries: number;
}

/** What is known of the event. */
export interface QueuedEvent {
  readonly name: string;
  readonly maxDeliveries: number;
  /** Throws for a message that no handler may see. */
  readonly check: (message: unknown) => unknown;
}

export interface EventQueueLimits {
  readonly maxQueued: number;
  /** Waits between deliveries of one message double from the first to the longest, in ms. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/** What one group still has to handle of one event, shared by the group's members. */
export class EventQueue {
  private readonly members: Member[] = [];
  private readonly ready: Delivery[] = [];
  private readonly delayed = new Map<Delivery, NodeJS.Timeout>();
  private running = 0;
  private draining = false;
  private setAsideCount = 0;

  constructor(
    private readonly event: QueuedEvent,
    private readonly group: string,
    private readonly limits: EventQueueLimits,
    private readonly observer: BusObserver,
    private readonly onIdle: () => void,
  ) {}

  get idle(): boolean {
    return this.ready.length === 0 && this.running === 0 && this.delayed.size === 0;
  }

  get full(): boolean {
    return this.ready.length + this.running + this.delayed.size >= this.limits.maxQueued;
  }

  get deadLetters(): number {
    return this.setAsideCount;
  }

  join(handler: EventHandler, concurrency: number): void {
    this.members.push({ handler, concurrency, running: 0 });
    this.deliverReady();
  }

  /** Resolves once the message is handled; rejects once it is set aside. */
  push(message: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: SluiceError): void => (error ? reject(error) : resolve());
      this.ready.push({ message, settle, deliveries: 0 });
      this.deliverReady();
    });
  }

  /** From now on each message gets one more delivery at most, so that closing does not wait for a lost cause. */
  drain(): void {
    this.draining = true;
    for (const [delivery, timer] of this.delayed) {
      clearTimeout(timer);
      this.ready.push(delivery);
    }
    this.delayed.clear();
    this.deliverReady();
  }

  /** Sets aside what never got its delivery. */
  stop(): void {
    for (const delivery of this.ready.splice(0)) this.setAside(delivery, busIsClosed());
  }

  private deliverReady(): void {
    for (const member of this.members) {
      while (member.running < member.concurrency) {
        const delivery = this.ready.shift();
        if (!delivery) return;
        void this.deliver(member, delivery);
      }
    }
  }

  private async deliver(member: Member, delivery: Delivery): Promise<void> {
    member.running += 1;
    this.running += 1;
    delivery.deliveries += 1;
    let readable = false;
    try {
      this.event.check(delivery.message);
      readable = true;
      await member.handler(delivery.message);
      delivery.settle();
    } catch (error) {
      this.observer.onFault?.({ name: this.event.name, error });
      if (readable) this.retryOrSetAside(delivery, SluiceError.from(error));
      else this.setAside(delivery, SluiceError.from(error));
    } finally {
      member.running -= 1;
      this.running -= 1;
      this.deliverReady();
      if (this.idle) this.onIdle();
    }
  }

  private retryOrSetAside(delivery: Delivery, error: SluiceError): void {
    if (this.draining || delivery.deliveries >= this.event.maxDeliveries) {
      this.setAside(delivery, error);
      return;
    }
    const { firstDelayMs, longestDelayMs } = this.limits;
    const delay = Math.min(firstDelayMs * 2 ** (delivery.deliveries - 1), longestDelayMs);
    const timer = setTimeout(() => {
      this.delayed.delete(delivery);
      this.ready.push(delivery);
      this.deliverReady();
    }, delay);
    this.delayed.set(delivery, timer);
  }

  private setAside(delivery: Delivery, error: SluiceError): void {
    this.setAsideCount += 1;
    const { message, deliveries } = delivery;
    this.observer.onDeadLetter?.({
      event: this.event.name,
      group: this.group,
      deliveries,
      message,
      error: error.toPayload(),
    });
    delivery.settle(error);
  }
}
