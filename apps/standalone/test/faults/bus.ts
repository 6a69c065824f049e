import { EventDefinition } from '@sluice/contracts';
import { connectRabbitMq, MessageBus } from '@sluice/messaging';
import { RawMessage, sealedMessage } from '@sluice/messaging/test/sealed-message.js';
import { messageKeys } from '@sluice/service-kit';
import { ChannelModel, connect } from 'amqplib';
import { SECRET, World } from './world.js';

const keysOf = messageKeys(SECRET);

/** Speaks to the services as they do among themselves. */
export async function withBus<T>(world: World, work: (bus: MessageBus) => Promise<T>): Promise<T> {
  const bus = await connectRabbitMq({ url: world.servers.urls.rabbitmq, service: 'fault-tests', keysOf });
  try {
    return await work(bus);
  } finally {
    await bus.close(5_000);
  }
}

/** Speaks to the broker as somebody who keeps to no contract of ours. */
export async function withModel<T>(world: World, work: (model: ChannelModel) => Promise<T>): Promise<T> {
  const model = await connect(world.servers.urls.rabbitmq);
  try {
    return await work(model);
  } finally {
    await model.close();
  }
}

/** An event with any content, sealed as by one of the services. */
export function sealedEvent<T>(event: EventDefinition<T>, content: unknown): RawMessage {
  return sealedMessage(keysOf, 'event', event, content);
}

export { decodeFrame, encodeFrame } from '@sluice/messaging/test/sealed-message.js';
