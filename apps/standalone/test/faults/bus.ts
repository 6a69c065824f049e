import { connectRabbitMq, MessageBus } from '@sluice/messaging';
import { ChannelModel, connect } from 'amqplib';
import { World } from './world.js';

/** Speaks to the services as they do among themselves. */
export async function withBus<T>(world: World, work: (bus: MessageBus) => Promise<T>): Promise<T> {
  const bus = await connectRabbitMq({ url: world.servers.urls.rabbitmq });
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
