import { SluiceError } from '@sluice/contracts';
import { ChannelModel, connect } from 'amqplib';
import { connectRabbitMq, RabbitMqMessageBus, RabbitMqOptions } from '../src/index.js';
import { deadLetterQueue, eventQueue, retryQueue } from '../src/rabbitmq/topology.js';
import { BreakableWire } from './breakable-wire.js';
import { brokerUrl } from './broker-url.js';
import { BusObservations, failure, keysOf, newEvent, newRpc, SERVICE, until } from './bus-harness.js';

const GENEROUS_MS = 30_000;

describe('retry queues of RabbitMqMessageBus', () => {
  let wire: BreakableWire;
  let observations: BusObservations;
  let raw: ChannelModel;
  const buses: RabbitMqMessageBus[] = [];

  async function open(options: Partial<RabbitMqOptions> = {}): Promise<RabbitMqMessageBus> {
    const { onDeadLetter, onFault } = observations;
    const common = { url: brokerUrl(), service: SERVICE, keysOf, onDeadLetter, onFault };
    const delays = { firstRedeliveryMs: 10, longestRedeliveryMs: 50 };
    const bus = await connectRabbitMq({ ...common, ...delays, ...options });
    buses.push(bus);
    return bus;
  }

  beforeEach(async () => {
    wire = await BreakableWire.to(brokerUrl());
    observations = new BusObservations();
    raw = await connect(brokerUrl());
  });

  afterEach(async () => {
    wire.mend();
    await Promise.all(buses.splice(0).map((bus) => bus.close(1_000)));
    await raw.close();
    wire.close();
  });

  const messagesIn = async (queue: string): Promise<number> => {
    const channel = await raw.createChannel();
    const { messageCount } = await channel.checkQueue(queue);
    await channel.close();
    return messageCount;
  };

  async function untilIn(queue: string, messages: number): Promise<void> {
    let found = -1;
    const look = async (): Promise<void> => void (found = await messagesIn(queue));
    for (const deadline = Date.now() + GENEROUS_MS; found !== messages; await look()) {
      if (Date.now() > deadline) throw new Error(`${queue} holds ${found} messages, not ${messages}.`);
    }
  }

  it('keep a message that failed, and not its place among those that are handled', async () => {
    const happened = newEvent<number>();
    const bus = await open({ firstRedeliveryMs: 600_000, longestRedeliveryMs: 600_000 });
    const seen: number[] = [];
    const handler = async (n: number): Promise<void> => {
      seen.push(n);
      if (n < 3) throw new SluiceError('unavailable', 'not now');
    };
    await bus.subscribe(happened, 'group', handler, { concurrency: 1 });
    for (const n of [1, 2, 3]) await bus.publish(happened, n);
    await until(() => seen.length === 3, GENEROUS_MS);
    expect(seen).toEqual([1, 2, 3]);
    const queue = eventQueue(happened.name, 'group');
    await untilIn(retryQueue(queue, 600_000), 2);
    await untilIn(queue, 0);
  });

  it('keep it while nobody of its group is there, and give it to who comes', async () => {
    const happened = newEvent<number>();
    const first = await open({ firstRedeliveryMs: 500, longestRedeliveryMs: 500 });
    await first.subscribe(happened, 'group', () => Promise.reject(new SluiceError('unavailable', 'not now')));
    await first.publish(happened, 7);
    await until(() => observations.faults.length === 1, GENEROUS_MS);
    await first.close(5_000);
    const seen: number[] = [];
    const second = await open({ firstRedeliveryMs: 500, longestRedeliveryMs: 500 });
    await second.subscribe(happened, 'group', async (n) => void seen.push(n));
    await until(() => seen.length === 1, GENEROUS_MS);
    expect(seen).toEqual([7]);
    await untilIn(eventQueue(happened.name, 'group'), 0);
  });

  it('lose nothing when the connection goes as a message is about to be put into them', async () => {
    const happened = newEvent<number>(5);
    const dying = await open({ url: wire.url, onFault: () => wire.cut() });
    await dying.subscribe(happened, 'group', () => Promise.reject(new SluiceError('unavailable', 'not now')));
    const other = await open();
    await other.publish(happened, 1);
    await until(() => !dying.connected, GENEROUS_MS);
    const seen: number[] = [];
    await other.subscribe(happened, 'group', async (n) => void seen.push(n));
    await until(() => seen.length > 0, GENEROUS_MS);
  });

  it('may be deleted under it: a message that failed comes again all the same', async () => {
    const happened = newEvent<number>(3);
    const bus = await open();
    let tries = 0;
    await bus.subscribe(happened, 'group', async () => {
      tries += 1;
      throw new SluiceError('unavailable', 'never');
    });
    const channel = await raw.createChannel();
    const queue = eventQueue(happened.name, 'group');
    for (const delay of [10, 20]) await channel.deleteQueue(retryQueue(queue, delay));
    await bus.publish(happened, 1);
    await until(() => observations.letters.length === 1, GENEROUS_MS);
    expect({ tries, deliveries: observations.letters[0]?.deliveries }).toEqual({ tries: 3, deliveries: 3 });
    await untilIn(deadLetterQueue(queue), 1);
    expect(observations.faults.map(({ error }) => String(error)).join()).toContain('it is gone');
  });

  it('do not count for a message that ends its consumers: the broker sets it aside', async () => {
    const happened = newEvent<number>(2);
    const dying = await open({ url: wire.url });
    let taken = 0;
    await dying.subscribe(happened, 'group', async () => {
      taken += 1;
      wire.cut();
      wire.mend();
      await new Promise(() => undefined);
    });
    await (await open()).publish(happened, 1);
    await untilIn(deadLetterQueue(eventQueue(happened.name, 'group')), 1);
    // The broker's limit allows one delivery more than the consumer's own.
    expect(taken).toBeGreaterThanOrEqual(2);
    expect(taken).toBeLessThanOrEqual(3);
  });

  it('keep a message as it was sealed, through all deliveries', async () => {
    const happened = newEvent<{ text: string }>(4);
    const bus = await open();
    const seen: string[] = [];
    await bus.subscribe(happened, 'group', async ({ text }) => {
      seen.push(text);
      if (seen.length < 4) throw new SluiceError('unavailable', 'not now');
    });
    await bus.publish(happened, { text: 'whole' });
    await until(() => seen.length === 4, GENEROUS_MS);
    expect(seen).toEqual(Array(4).fill('whole'));
    expect(observations.letters).toEqual([]);
  });

  it('and publications and requests do not wait for a broker that has fallen silent', async () => {
    const bus = await open({ url: wire.url, confirmTimeoutMs: 300 });
    const [happened, ask] = [newEvent<number>(), newRpc<number, number>(300)];
    await bus.subscribe(happened, 'group', async () => undefined);
    await bus.handle(ask, async (n) => n);
    await bus.publish(happened, 1);
    wire.freeze();
    expect((await failure(bus.publish(happened, 2))).code).toBe('unavailable');
    expect(['rpc-timeout', 'unavailable']).toContain((await failure(bus.request(ask, 1))).code);
    wire.cut();
  });
});
