export {
  MESSAGE_BUS,
  publishSafely,
  type MessageBus,
  type RequestContext,
  type RequestOptions,
} from './message-bus.js';
export {
  type BusObserver,
  type DeadLetter,
  type HandlerFault,
  type MessageKind,
  type RefusedMessage,
} from './faults.js';
export { InProcessMessageBus, type InProcessMessageBusOptions } from './in-process/in-process-message-bus.js';
export {
  connectRabbitMq,
  RabbitMqMessageBus,
  type RabbitMqOptions,
} from './rabbitmq/rabbitmq-message-bus.js';
export { type KeysOf } from './rabbitmq/sealer.js';
export { listQueues, putBack, type GroupQueues } from './rabbitmq/dead-letters.js';
