import { connectRabbitMq } from '../src/index.js';
import { describeMessageBus } from './describe-message-bus.js';
import { brokerUrl } from './broker-url.js';
import { keysOf, SERVICE } from './bus-harness.js';

jest.setTimeout(60_000);

describeMessageBus('RabbitMQ', {
  open: async (observer) => {
    const options = { ...observer, keysOf, url: brokerUrl(), firstRedeliveryMs: 10, longestRedeliveryMs: 50 };
    const [asker, server] = await Promise.all([
      connectRabbitMq({ ...options, service: 'test-asker' }),
      connectRabbitMq({ ...options, service: SERVICE }),
    ]);
    return { asker, server };
  },
});
