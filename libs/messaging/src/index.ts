export { MESSAGE_BUS, type MessageBus, type RequestContext, type RequestOptions } from './message-bus.js';
