import { ConfirmChannel } from 'amqplib';

/**
 * For a consumer that the broker has canceled, because its queue was deleted or lost its last replica. Nothing comes to it any more, and
 * nobody else says so; a closed channel counts as a lost connection, after which all queues are made anew.
 */
export async function queueIsGone(channel: ConfirmChannel): Promise<void> {
  await channel.close();
}
