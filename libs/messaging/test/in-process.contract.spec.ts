import { InProcessMessageBus } from '../src/index.js';
import { describeMessageBus } from './describe-message-bus.js';

jest.setTimeout(60_000);

describeMessageBus('in process', {
  open: async (observer) => {
    const bus = new InProcessMessageBus({ ...observer, firstRedeliveryMs: 10, longestRedeliveryMs: 50 });
    return { asker: bus, server: bus };
  },
});
