import { ConfirmChannel, Options } from 'amqplib';
import { timerDelay } from '../limits.js';
import { ifChannelLives } from './if-channel-lives.js';

/** Messages of one channel that no queue took, by correlation id; the broker says so before it confirms them. */
export class Returned {
  private readonly ids = new Set<string>();

  static of(channel: ConfirmChannel): Returned {
    const returned = new Returned();
    channel.on('return', ({ properties }) => returned.ids.add(String(properties.correlationId)));
    return returned;
  }

  /** Whether it came back; asked once. */
  take(id: string): boolean {
    return this.ids.delete(id);
  }
}

export interface Publication {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  /** `correlationId` is one of its own. */
  readonly options: Options.Publish & { readonly correlationId: string };
  readonly returned: Returned;
  /** How long the broker may take to confirm it. */
  readonly timeoutMs: number;
}

export type PublicationOutcome =
  | { readonly kind: 'confirmed' }
  /** No queue takes it. */
  | { readonly kind: 'returned' }
  /** Perhaps it is in a queue all the same, if no confirm came in time. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Publishes a message that is to outlive the broker's restart. Never rejects, and never waits longer than its time. */
export function publishConfirmed(
  channel: ConfirmChannel,
  { exchange, routingKey, content, options, returned, timeoutMs }: Publication,
): Promise<PublicationOutcome> {
  return new Promise((resolve) => {
    const refuse = (reason: string): void => resolve({ kind: 'refused', reason });
    const timer = setTimeout(() => refuse(`no confirm within ${timeoutMs} ms`), timerDelay(timeoutMs));
    const onConfirm = (refusal: Error | null): void => {
      clearTimeout(timer);
      if (returned.take(options.correlationId)) resolve({ kind: 'returned' });
      else if (refusal) refuse(refusal.message);
      else resolve({ kind: 'confirmed' });
    };
    const whole = { ...options, persistent: true, mandatory: true };
    const sent = ifChannelLives(() => channel.publish(exchange, routingKey, content, whole, onConfirm));
    if (!sent) onConfirm(new Error('the channel was closed'));
  });
}
