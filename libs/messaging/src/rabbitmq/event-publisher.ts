import { randomUUID } from 'node:crypto';
import { EventDefinition, messageAddress, SluiceError } from '@sluice/contracts';
import { ConfirmChannel } from 'amqplib';
import { nobodyTakes } from '../faults.js';
import { Station } from './broker-link.js';
import { publishConfirmed, Returned } from './confirmed.js';
import { encodeFrame, FRAME_TYPE } from './frame.js';
import { Sealer } from './sealer.js';
import { assertExchanges, EVENTS } from './topology.js';

/** Publishes events and waits for the broker's word that they are safe. */
export class EventPublisher implements Station {
  private channel: ConfirmChannel | undefined;
  private returned = new Returned();

  constructor(
    private readonly confirmTimeoutMs: number,
    private readonly sealer: Sealer,
  ) {}

  async open(channel: ConfirmChannel): Promise<void> {
    await assertExchanges(channel);
    this.returned = Returned.of(channel);
    this.channel = channel;
  }

  lost(): void {
    this.channel = undefined;
  }

  async publish<T>(event: EventDefinition<T>, message: T): Promise<void> {
    const channel = this.channel;
    if (!channel) throw unavailable(event.name, 'the broker is away');
    const content = encodeFrame(message);
    const id = randomUUID();
    const { name, version, service: to } = event;
    const envelope = { kind: 'event', name, version, to, correlationId: id, timeoutMs: 0 } as const;
    const headers = this.sealer.seal(envelope, content);
    const outcome = await publishConfirmed(channel, {
      exchange: EVENTS,
      routingKey: messageAddress(event),
      content,
      // The broker returns what it cannot route under its correlation id.
      options: { messageId: id, correlationId: id, contentType: FRAME_TYPE, headers },
      returned: this.returned,
      timeoutMs: this.confirmTimeoutMs,
    });
    if (outcome.kind === 'returned') throw nobodyTakes(event.name);
    if (outcome.kind === 'refused') throw unavailable(event.name, outcome.reason);
  }
}

function unavailable(event: string, reason: string): SluiceError {
  const message = `"${event}" could not be published at the moment.`;
  return new SluiceError('unavailable', message, { retryAfter: 1 }, { cause: new Error(reason) });
}
