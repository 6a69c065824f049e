import { ConsumeMessage } from 'amqplib';
import { delayAfter, deliveriesOf } from './retry-queues.js';

describe('retry queues', () => {
  it('double the wait up to the longest', () => {
    const delays = { firstRedeliveryMs: 100, longestRedeliveryMs: 5_000 };
    expect([1, 2, 3, 4, 5, 6, 7, 8, 999].map((deliveries) => delayAfter(deliveries, delays))).toEqual([
      100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000,
    ]);
    expect(delayAfter(1, { firstRedeliveryMs: 0, longestRedeliveryMs: 0 })).toBe(1);
  });

  it.each([
    [undefined, 1],
    [{}, 1],
    [{ 'sluice-deliveries': 3 }, 4],
    [{ 'x-delivery-count': 2 }, 3],
    [{ 'sluice-deliveries': 3, 'x-delivery-count': 2 }, 6],
    [{ 'sluice-deliveries': '3', 'x-delivery-count': -1 }, 1],
  ])('count deliveries by the headers %j', (headers, deliveries) => {
    expect(deliveriesOf({ properties: { headers } } as unknown as ConsumeMessage)).toBe(deliveries);
  });
});
