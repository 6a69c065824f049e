import { randomUUID } from 'node:crypto';
import { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { publishConfirmed, PublicationOutcome, Returned } from './confirmed.js';
import { assertRetryQueue, retryQueue } from './topology.js';

/** Header in which a message says how often it was delivered before it was put into a retry queue. */
const DELIVERIES = 'sluice-deliveries';
const OURS = 'sluice-';

export interface RetryDelays {
  /** Waits between deliveries of one message double from the first to the longest, in ms. */
  readonly firstRedeliveryMs: number;
  readonly longestRedeliveryMs: number;
}

/** How long a message waits that was delivered so often. */
export function delayAfter(
  deliveries: number,
  { firstRedeliveryMs, longestRedeliveryMs }: RetryDelays,
): number {
  return Math.max(1, Math.round(Math.min(firstRedeliveryMs * 2 ** (deliveries - 1), longestRedeliveryMs)));
}

/** Deliveries of a message, this one included: those before it came back last, and what the broker counts since then. */
export function deliveriesOf({ properties }: ConsumeMessage): number {
  const { headers } = properties;
  return countIn(headers?.[DELIVERIES]) + countIn(headers?.['x-delivery-count']) + 1;
}

/** Headers of a message as it was first published: the seal with what belongs to it, and nothing that was counted since. */
export function firstHeaders(
  headers: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> {
  const ours = Object.entries(headers ?? {}).filter(([name]) => name.startsWith(OURS) && name !== DELIVERIES);
  return Object.fromEntries(ours);
}

/**
 * Where the messages of one queue wait that failed: a queue for each delay, since within one queue a message with a short wait would
 * stand behind one with a long wait. Their names hold the delay, so that other settings make other queues.
 */
export class RetryQueues {
  private returned = new Returned();

  constructor(
    private readonly queue: string,
    private readonly maxDeliveries: number,
    private readonly delays: RetryDelays,
    private readonly confirmTimeoutMs: number,
  ) {}

  async open(channel: ConfirmChannel): Promise<void> {
    const waits = new Set<number>();
    for (let deliveries = 1; deliveries < this.maxDeliveries; deliveries += 1) {
      const wait = delayAfter(deliveries, this.delays);
      if (waits.has(wait)) break; // the longest: all later ones are the same
      waits.add(wait);
    }
    for (const wait of waits) await assertRetryQueue(channel, this.queue, wait);
    this.returned = Returned.of(channel);
  }

  /** Confirmed means that the copy is safe and the message may be acknowledged: dying between the two makes a double, never a loss. */
  put(
    channel: ConfirmChannel,
    { content, properties }: ConsumeMessage,
    deliveries: number,
  ): Promise<PublicationOutcome> {
    return publishConfirmed(channel, {
      exchange: '',
      routingKey: retryQueue(this.queue, delayAfter(deliveries, this.delays)),
      content,
      options: {
        messageId: properties.messageId as string,
        contentType: properties.contentType as string,
        correlationId: randomUUID(),
        headers: { ...firstHeaders(properties.headers), [DELIVERIES]: deliveries },
      },
      returned: this.returned,
      timeoutMs: this.confirmTimeoutMs,
    });
  }
}

function countIn(header: unknown): number {
  return typeof header === 'number' && Number.isSafeInteger(header) && header > 0 ? header : 0;
}
