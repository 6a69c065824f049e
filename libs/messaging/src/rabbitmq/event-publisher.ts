import { randomUUID } from 'node:crypto';
import { EventDefinition, SluiceError } from '@sluice/contracts';
import { ConfirmChannel } from 'amqplib';
import { nobodyTakes } from '../faults.js';
import { Station } from './broker-link.js';
import { encodeFrame, FRAME_TYPE } from './frame.js';
import { ifChannelLives } from './if-channel-lives.js';
import { assertExchanges, EVENTS } from './topology.js';

/** Publishes events and waits for the broker's word that they are safe. */
export class EventPublisher implements Station {
  private channel: ConfirmChannel | undefined;
  /** Messages that no queue took; the broker says so before it confirms them. */
  private readonly returned = new Set<string>();

  constructor(private readonly confirmTimeoutMs: number) {}

  async open(channel: ConfirmChannel): Promise<void> {
    await assertExchanges(channel);
    channel.on('return', ({ properties }) => this.returned.add(String(properties.messageId)));
    this.returned.clear();
    this.channel = channel;
  }

  lost(): void {
    this.channel = undefined;
  }

  async publish<T>(event: EventDefinition<T>, message: T): Promise<void> {
    const channel = this.channel;
    if (!channel) throw unavailable(event.name, 'the broker is away');
    const content = encodeFrame(message);
    const messageId = randomUUID();
    const options = { persistent: true, mandatory: true, messageId, contentType: FRAME_TYPE };
    await new Promise<void>((resolve, reject) => {
      const overdue = (): void =>
        reject(unavailable(event.name, `no confirm within ${this.confirmTimeoutMs} ms`));
      const timer = setTimeout(overdue, this.confirmTimeoutMs);
      const onConfirm = (refusal: Error | null): void => {
        clearTimeout(timer);
        if (this.returned.delete(messageId)) reject(nobodyTakes(event.name));
        else if (refusal) reject(unavailable(event.name, refusal.message));
        else resolve();
      };
      const sent = ifChannelLives(() => channel.publish(EVENTS, event.name, content, options, onConfirm));
      if (!sent) onConfirm(new Error('the channel was closed'));
    });
  }
}

function unavailable(event: string, reason: string): SluiceError {
  const message = `"${event}" could not be published at the moment.`;
  return new SluiceError('unavailable', message, { retryAfter: 1 }, { cause: new Error(reason) });
}
