import { EventDefinition, messageAddress, SluiceError } from '@sluice/contracts';
import { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { checkEvent, unknownVersion } from '../check-message.js';
import { forged } from '../faults.js';
import { timerDelay } from '../limits.js';
import { Consumer } from './broker-link.js';
import { ConsumerParts } from './consumer-parts.js';
import { queueIsGone } from './queue-is-gone.js';
import { readFrame } from './read-frame.js';
import { tellRefused, textOf } from './refused.js';
import { delayAfter, deliveriesOf, RetryDelays, RetryQueues } from './retry-queues.js';
import { assertEventQueue, assertExchanges, eventQueue } from './topology.js';

export interface SubscriberSettings extends RetryDelays {
  readonly concurrency: number;
  readonly confirmTimeoutMs: number;
}

/** One member of a group that receives one event. */
export class EventSubscriber<T> implements Consumer {
  private consumerTag = '';
  private channel: ConfirmChannel | undefined;
  private readonly retries: RetryQueues;
  private readonly closing = new AbortController();

  constructor(
    private readonly event: EventDefinition<T>,
    private readonly group: string,
    private readonly handler: (message: T) => Promise<void>,
    private readonly settings: SubscriberSettings,
    private readonly parts: ConsumerParts,
  ) {
    const queue = eventQueue(messageAddress(event), group);
    this.retries = new RetryQueues(queue, event.maxDeliveries, settings, settings.confirmTimeoutMs);
  }

  async open(channel: ConfirmChannel): Promise<void> {
    const { work } = this.parts;
    await assertExchanges(channel);
    const queue = await assertEventQueue(channel, this.event, this.group);
    await this.retries.open(channel);
    await channel.prefetch(this.settings.concurrency);
    const take = (delivery: ConsumeMessage | null): void => {
      work.add(delivery ? this.receive(channel, delivery) : queueIsGone(channel));
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
    let message: T;
    try {
      message = this.read(delivery);
    } catch (error) {
      // No further delivery can mend it. Of seals, the observer knows already.
      if (SluiceError.from(error).code !== 'message-forged') this.tellFault(error);
      this.setAside(channel, delivery, { message: undefined, error });
      return;
    }
    try {
      await this.handler(message);
      this.ifOpen(channel, () => channel.ack(delivery));
    } catch (error) {
      this.tellFault(error);
      if (deliveriesOf(delivery) < this.event.maxDeliveries) await this.putBack(channel, delivery);
      else this.setAside(channel, delivery, { message, error });
    }
  }

  /** @throws SluiceError `message-forged` or `message-refused` */
  private read({ properties, content }: ConsumeMessage): T {
    const { name, service: to } = this.event;
    const expected = { kind: 'event', name, to, correlationId: textOf(properties.messageId) } as const;
    const opened = this.parts.sealer.open(expected, properties.headers, content);
    if (opened.kind === 'refused') {
      tellRefused(this.parts.observer, expected, opened.reason);
      throw forged(name);
    }
    if (opened.envelope.version !== this.event.version) throw unknownVersion(this.event);
    return checkEvent(this.event, readFrame(name, content));
  }

  /** Into the retry queue; where that does not take it, back into its own queue after the same wait. */
  private async putBack(channel: ConfirmChannel, delivery: ConsumeMessage): Promise<void> {
    if (this.channel !== channel) return;
    const outcome = await this.retries.put(channel, delivery, deliveriesOf(delivery));
    if (outcome.kind === 'confirmed') {
      this.ifOpen(channel, () => channel.ack(delivery));
      return;
    }
    const reason = outcome.kind === 'returned' ? 'it is gone' : outcome.reason;
    this.tellFault(new Error(`The retry queue did not take a message: ${reason}.`));
    await this.pause(delayAfter(deliveriesOf(delivery), this.settings));
    this.ifOpen(channel, () => channel.nack(delivery, false, true));
  }

  private setAside(
    channel: ConfirmChannel,
    delivery: ConsumeMessage,
    { message, error }: { message: T | undefined; error: unknown },
  ): void {
    this.ifOpen(channel, () => {
      channel.nack(delivery, false, false);
      this.parts.observer.onDeadLetter?.({
        event: this.event.name,
        group: this.group,
        deliveries: deliveriesOf(delivery),
        message,
        error: SluiceError.from(error).toPayload(),
      });
    });
  }

  private tellFault(error: unknown): void {
    this.parts.observer.onFault?.({ name: this.event.name, error });
  }

  private pause(ms: number): Promise<void> {
    const { signal } = this.closing;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, timerDelay(ms));
      signal.addEventListener('abort', finish);
    });
  }

  /** On a channel that is gone there is nothing to say: the broker delivers the message again. */
  private ifOpen(channel: ConfirmChannel, act: () => void): void {
    if (this.channel === channel) act();
  }
}
