import { randomUUID } from 'node:crypto';
import { EventDefinition, messageAddress } from '@sluice/contracts';
import { ConfirmChannel, connect, GetMessage } from 'amqplib';
import { publishConfirmed, Returned } from './confirmed.js';
import { firstHeaders } from './retry-queues.js';
import { placeOf } from './broker-link.js';
import { deadLetterQueue, eventQueue } from './topology.js';

const CONFIRM_MS = 10_000;

/** A group's queue and what was set aside of it. */
export interface GroupQueues {
  readonly event: string;
  readonly queue: string;
  readonly waiting: number;
  readonly setAside: number;
}

/** Looks into the queues of events that their own services receive. Throws where one is not there: no service has ever run. */
export function listQueues(url: string, events: readonly EventDefinition<unknown>[]): Promise<GroupQueues[]> {
  return withChannel(url, async (channel) => {
    const found: GroupQueues[] = [];
    for (const event of events) {
      const queue = queueOf(event);
      const waiting = await messagesIn(channel, queue);
      const setAside = await messagesIn(channel, deadLetterQueue(queue));
      found.push({ event: event.name, queue, waiting, setAside });
    }
    return found;
  });
}

/**
 * Puts what was set aside of an event back before its service, oldest first, with all its deliveries before it again. What is set aside
 * anew meanwhile stays for the next time. A message leaves the one queue when the broker has confirmed it in the other.
 *
 * @param most messages at most
 * @returns how many were put back
 */
export function putBack(url: string, event: EventDefinition<unknown>, most: number): Promise<number> {
  return withChannel(url, async (channel) => {
    const queue = queueOf(event);
    const returned = Returned.of(channel);
    const wanted = Math.min(most, await messagesIn(channel, deadLetterQueue(queue)));
    for (let moved = 0; moved < wanted; moved += 1) {
      const letter = await channel.get(deadLetterQueue(queue));
      if (letter === false) return moved;
      await move(channel, letter, queue, returned);
    }
    return wanted;
  });
}

async function move(
  channel: ConfirmChannel,
  letter: GetMessage,
  queue: string,
  returned: Returned,
): Promise<void> {
  const { messageId, contentType, headers } = letter.properties;
  const outcome = await publishConfirmed(channel, {
    exchange: '',
    routingKey: queue,
    content: letter.content,
    options: {
      messageId: messageId as string,
      contentType: contentType as string,
      correlationId: randomUUID(),
      headers: firstHeaders(headers),
    },
    returned,
    timeoutMs: CONFIRM_MS,
  });
  // What is not acknowledged stays where it is.
  if (outcome.kind === 'returned') throw new Error(`There is no queue ${queue}.`);
  if (outcome.kind === 'refused') throw new Error(`${queue} does not take the message: ${outcome.reason}.`);
  channel.ack(letter);
}

async function messagesIn(channel: ConfirmChannel, queue: string): Promise<number> {
  const found = await channel.checkQueue(queue).catch((cause: unknown) => {
    throw new Error(`There is no queue ${queue}; its service makes it when it first runs.`, { cause });
  });
  return found.messageCount;
}

function queueOf(event: EventDefinition<unknown>): string {
  return eventQueue(messageAddress(event), event.service);
}

async function withChannel<T>(url: string, work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
  const model = await connect(url, { timeout: CONFIRM_MS }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`RabbitMQ at ${placeOf(url)} cannot be used: ${reason}`, { cause });
  });
  // Whoever waits is told the same.
  model.on('error', () => undefined);
  try {
    const channel = await model.createConfirmChannel();
    channel.on('error', () => undefined);
    const result = await work(channel);
    // The end of a connection may overtake the last acknowledgement; that of a channel does not.
    await channel.close();
    return result;
  } finally {
    await model.close().catch(() => undefined); // closed by the fault that is told
  }
}
