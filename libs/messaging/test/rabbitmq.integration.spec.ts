import { connectRabbitMq } from '../src/index.js';
import { describeMessageBus } from './describe-message-bus.js';
import { brokerUrl } from './broker-url.js';

describeMessageBus('RabbitMQ', {
  open: async (observer) => {
    const options = { ...observer, url: brokerUrl(), firstRedeliveryMs: 10, longestRedeliveryMs: 50 };
    const [asker, server] = await Promise.all([connectRabbitMq(options), connectRabbitMq(options)]);
    return { asker, server };
  },
});
