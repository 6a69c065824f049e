import { connectRabbitMq, MessageBus } from '@sluice/messaging';
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
