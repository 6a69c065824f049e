export {
  MESSAGE_BUS,
  publishSafely,
  type MessageBus,
  type RequestContext,
  type RequestOptions,
} from './message-bus.js';
export { type BusObserver, type DeadLetter, type HandlerFault } from './faults.js';
export { InProcessMessageBus, type InProcessMessageBusOptions } from './in-process/in-process-message-bus.js';
export {
  connectRabbitMq,
  RabbitMqMessageBus,
  type RabbitMqOptions,
} from './rabbitmq/rabbitmq-message-bus.js';
