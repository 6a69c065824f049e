import { EventDefinition, SluiceError } from '@sluice/contracts';
import { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { BusObserver } from '../faults.js';
import { Consumer } from './broker-link.js';
import { decodeFrame } from './frame.js';
import { queueIsGone } from './queue-is-gone.js';
import { RunningWork } from './running-work.js';
import { assertEventQueue, assertExchanges } from './topology.js';

export interface SubscriberSettings {
  readonly concurrency: number;
  /** Waits between deliveries of one message double from the first to the longest, in ms. */
  readonly firstRedeliveryMs: number;
  readonly longestRedeliveryMs: number;
}

/** One member of a group that receives one event. */
export class EventSubscriber<T> implements Consumer {
  private consumerTag = '';
  private channel: ConfirmChannel | undefined;
  private readonly closing = new AbortController();

  constructor(
    private readonly event: EventDefinition<T>,
    private readonly group: string,
    private readonly handler: (message: T) => Promise<void>,
    private readonly settings: SubscriberSettings,
    private readonly work: RunningWork,
    private readonly observer: BusObserver,
  ) {}

  async open(channel: ConfirmChannel): Promise<void> {
    await assertExchanges(channel);
    const queue = await assertEventQueue(channel, this.event, this.group);
    await channel.prefetch(this.settings.concurrency);
    const take = (delivery: ConsumeMessage | null): void => {
      this.work.add(delivery ? this.receive(channel, delivery) : queueIsGone(channel));
    };
    const { consumerTag } = await channel.consume(queue, take);
    Object.assign(this, { channel, consumerTag });
  }

  lost(): void {
    this.channel = undefined;
  }

  async stopTaking(): Promise<void> {
    this.closing.abort();
    await this.channel?.cancel(this.consumerTag);
  }

  private async receive(channel: ConfirmChannel, delivery: ConsumeMessage): Promise<void> {
    const deliveries = Number(delivery.properties.headers?.['x-delivery-count'] ?? 0) + 1;
    let message: T | undefined;
    try {
      message = decodeFrame(delivery.content) as T;
      await this.handler(message);
      this.ifOpen(channel, () => channel.ack(delivery));
    } catch (error) {
      this.observer.onFault?.({ name: this.event.name, error });
      await this.putBackOrSetAside(channel, delivery, deliveries, { message, error });
    }
  }

  private async putBackOrSetAside(
    channel: ConfirmChannel,
    delivery: ConsumeMessage,
    deliveries: number,
    { message, error }: { message: T | undefined; error: unknown },
  ): Promise<void> {
    if (deliveries < this.event.maxDeliveries) {
      await this.pause(deliveries);
      this.ifOpen(channel, () => channel.nack(delivery, false, true));
      return;
    }
    this.ifOpen(channel, () => {
      channel.nack(delivery, false, false);
      const payload = SluiceError.from(error).toPayload();
      this.observer.onDeadLetter?.({
        event: this.event.name,
        group: this.group,
        deliveries,
        message,
        error: payload,
      });
    });
  }

  /** The message keeps its place among those being handled: while the cause lasts, others would fail as well. */
  private pause(deliveries: number): Promise<void> {
    const { firstRedeliveryMs, longestRedeliveryMs } = this.settings;
    const { signal } = this.closing;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(
        finish,
        Math.min(firstRedeliveryMs * 2 ** (deliveries - 1), longestRedeliveryMs),
      );
      signal.addEventListener('abort', finish);
    });
  }

  /** On a channel that is gone there is nothing to say: the broker delivers the message again. */
  private ifOpen(channel: ConfirmChannel, act: () => void): void {
    if (this.channel === channel) act();
  }
}
