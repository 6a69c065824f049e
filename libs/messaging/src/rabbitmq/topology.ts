import { EventDefinition, messageAddress } from '@sluice/contracts';
import { ConfirmChannel, Options } from 'amqplib';

/** Every event goes here; the routing key is its address. */
export const EVENTS = 'sluice.events';
/** What was given up goes here; the routing key is the queue it comes from. */
export const DEAD_LETTERS = 'sluice.dead-letters';
/** Tells handlers that a caller left; the routing key is the RPC's address. */
export const CANCELS = 'sluice.cancels';

/** Requests that wait for a busy handler; the broker refuses more. */
const MAX_REQUESTS = 10_000;
/** Events that a group may have before it. */
const MAX_EVENTS = 100_000;
/** A request that kills three handlers in a row is dropped; its caller times out. */
const REQUEST_DELIVERIES = 3;
/** Nobody's requests queue goes after this time, and callers are then told at once that nobody serves. */
const REQUEST_QUEUE_IDLE_MS = 10_000;

/** `rpc` and `event` are addresses: a name, with the version where it is not the first. */
export function requestQueue(rpc: string): string {
  return `sluice.rpc.${rpc}`;
}

export function eventQueue(event: string, group: string): string {
  return `sluice.event.${event}.${group}`;
}

/** For what was given up of a group's queue. */
export function deadLetterQueue(queue: string): string {
  return `${queue}.dead`;
}

export function retryQueue(queue: string, delayMs: number): string {
  return `${queue}.retry.${delayMs}`;
}

export async function assertExchanges(channel: ConfirmChannel): Promise<void> {
  await channel.assertExchange(EVENTS, 'topic', { durable: true });
  await channel.assertExchange(DEAD_LETTERS, 'direct', { durable: true });
  await channel.assertExchange(CANCELS, 'direct', { durable: true });
}

export async function assertRequestQueue(channel: ConfirmChannel, rpc: string): Promise<string> {
  const { queue } = await channel.assertQueue(requestQueue(rpc), {
    ...quorum(MAX_REQUESTS),
    arguments: {
      ...quorum(MAX_REQUESTS).arguments,
      'x-delivery-limit': REQUEST_DELIVERIES,
      'x-expires': REQUEST_QUEUE_IDLE_MS,
    },
  });
  return queue;
}

/**
 * A group's queue and the one for what it gave up. The consumer counts deliveries; the broker's own limit, one
 * higher, is for messages that kill their consumer. Dead letters leave the queue only when they have arrived.
 */
export async function assertEventQueue<T>(
  channel: ConfirmChannel,
  event: EventDefinition<T>,
  group: string,
): Promise<string> {
  const queue = eventQueue(messageAddress(event), group);
  const dead = deadLetterQueue(queue);
  await channel.assertQueue(dead, quorum(MAX_EVENTS));
  await channel.bindQueue(dead, DEAD_LETTERS, queue);
  await channel.assertQueue(queue, {
    durable: true,
    arguments: {
      ...quorum(MAX_EVENTS).arguments,
      'x-delivery-limit': event.maxDeliveries,
      'x-dead-letter-exchange': DEAD_LETTERS,
      'x-dead-letter-routing-key': queue,
      'x-dead-letter-strategy': 'at-least-once',
    },
  });
  await channel.bindQueue(queue, EVENTS, messageAddress(event));
  return queue;
}

/** What is put into it goes to the group's queue after the delay; it leaves only when it has arrived there. Nobody takes from it. */
export async function assertRetryQueue(
  channel: ConfirmChannel,
  queue: string,
  delayMs: number,
): Promise<void> {
  await channel.assertQueue(retryQueue(queue, delayMs), {
    durable: true,
    arguments: {
      ...quorum(MAX_EVENTS).arguments,
      'x-message-ttl': delayMs,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': queue,
      'x-dead-letter-strategy': 'at-least-once',
    },
  });
}

/** This consumer's own queue of cancellations, gone with its connection. */
export async function assertCancelQueue(channel: ConfirmChannel, rpc: string): Promise<string> {
  const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true, durable: false });
  await channel.bindQueue(queue, CANCELS, rpc);
  return queue;
}

function quorum(maxLength: number): Options.AssertQueue & { arguments: Record<string, unknown> } {
  return {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-max-length': maxLength, 'x-overflow': 'reject-publish' },
  };
}
