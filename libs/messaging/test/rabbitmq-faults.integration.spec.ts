import { setTimeout as delay } from 'node:timers/promises';
import { SluiceError } from '@sluice/contracts';
import { ChannelModel, connect } from 'amqplib';
import { connectRabbitMq, RabbitMqMessageBus, RabbitMqOptions } from '../src/index.js';
import { decodeFrame } from '../src/rabbitmq/frame.js';
import { eventQueue, requestQueue } from '../src/rabbitmq/topology.js';
import { BreakableWire } from './breakable-wire.js';
import { brokerUrl } from './broker-url.js';
import { BusObservations, failure, keysOf, newEvent, newRpc, SERVICE, until } from './bus-harness.js';

jest.setTimeout(60_000);

describe('RabbitMqMessageBus in faults', () => {
  let wire: BreakableWire;
  let observations: BusObservations;
  let raw: ChannelModel;
  const buses: RabbitMqMessageBus[] = [];

  async function open(options: Partial<RabbitMqOptions> = {}): Promise<RabbitMqMessageBus> {
    const { onDeadLetter, onFault } = observations;
    const defaults = {
      url: brokerUrl(),
      service: SERVICE,
      keysOf,
      onDeadLetter,
      onFault,
      firstRedeliveryMs: 10,
      longestRedeliveryMs: 50,
    };
    const bus = await connectRabbitMq({ ...defaults, ...options });
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

  it('refuses at once while the broker is away, and goes on by itself afterwards', async () => {
    const away = await open({ url: wire.url });
    const here = await open();
    const [ask, happened] = [newRpc<number, number>(), newEvent<number>()];
    const seen: number[] = [];
    await away.handle(ask, async (n) => n + 1);
    await away.subscribe(happened, 'group', async (n) => void seen.push(n));
    await expect(here.request(ask, 1)).resolves.toBe(2);

    wire.cut();
    await until(() => !away.connected);
    const began = Date.now();
    expect((await failure(away.request(ask, 1))).code).toBe('unavailable');
    expect((await failure(away.publish(happened, 1))).code).toBe('unavailable');
    expect(Date.now() - began).toBeLessThan(9_000); // less than a confirm may take
    await here.publish(happened, 2); // its queue is durable: it waits there

    wire.mend();
    await until(() => away.connected);
    await expect(away.request(ask, 5)).resolves.toBe(6);
    await away.publish(happened, 3);
    await until(() => seen.length === 2);
    expect(seen.sort()).toEqual([2, 3]);
    expect(observations.faults.map(({ error }) => String(error)).join()).toContain('was lost');
  }, 60_000);

  it('fails what waits for an answer when its connection goes', async () => {
    const asker = await open({ url: wire.url });
    const server = await open();
    const slow = newRpc<null, null>(30_000);
    let running = false;
    await server.handle(slow, async (_, { signal }) => {
      running = true;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return null;
    });
    const pending = failure(asker.request(slow, null));
    await until(() => running);
    wire.cut();
    expect((await pending).code).toBe('unavailable');
    await server.close(100);
  }, 60_000);

  it('gives a request whose handler is gone to another one, and tells the first to stop', async () => {
    const dying = await open({ url: wire.url });
    const asker = await open();
    const other = await open();
    const ask = newRpc<null, string>(20_000);
    let stopped = false;
    let taken = false;
    await dying.handle(ask, async (_, { signal }) => {
      taken = true;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      stopped = true;
      return 'the dying one';
    });
    const answer = asker.request(ask, null);
    await until(() => taken);
    await other.handle(ask, async () => 'the other one');
    wire.cut();
    await expect(answer).resolves.toBe('the other one');
    await until(() => stopped);
  }, 60_000);

  it('keeps events for a group whose members are all gone', async () => {
    const happened = newEvent<number>();
    const first = await open();
    await first.subscribe(happened, 'group', async () => undefined);
    await first.close(100);
    const publisher = await open();
    await publisher.publish(happened, 7);
    const seen: number[] = [];
    const second = await open();
    await second.subscribe(happened, 'group', async (n) => void seen.push(n));
    await until(() => seen.length === 1);
    expect(seen).toEqual([7]);
  });

  it('gives an event whose handler died to another member', async () => {
    const happened = newEvent<number>(5);
    const dying = await open({ url: wire.url });
    let taken = false;
    await dying.subscribe(happened, 'group', async () => {
      taken = true;
      await delay(500);
    });
    const other = await open();
    await other.publish(happened, 1);
    await until(() => taken);
    const seen: number[] = [];
    await other.subscribe(happened, 'group', async (n) => void seen.push(n));
    wire.cut();
    await until(() => seen.length === 1);
  }, 60_000);

  it('keeps what was given up in a queue beside, whole', async () => {
    const happened = newEvent<{ n: number }>(2);
    const bus = await open();
    await bus.subscribe(happened, 'group', () => Promise.reject(new SluiceError('unavailable', 'never')));
    await bus.publish(happened, { n: 9 });
    await until(() => observations.letters.length === 1);
    const channel = await raw.createChannel();
    const dead = `${eventQueue(happened.name, 'group')}.dead`;
    let letter = await channel.get(dead, { noAck: true });
    for (let tries = 0; !letter && tries < 50; tries += 1) {
      await delay(50);
      letter = await channel.get(dead, { noAck: true });
    }
    if (!letter) throw new Error('The dead letter never arrived.');
    expect(decodeFrame(letter.content)).toEqual({ n: 9 });
  });

  it('sets aside what is no frame, and answers a request that is none', async () => {
    const [happened, ask] = [newEvent<number>(2), newRpc<number, number>()];
    const bus = await open();
    const seen: number[] = [];
    await bus.subscribe(happened, 'group', async (n) => void seen.push(n));
    await bus.handle(ask, async (n) => n);
    const channel = await raw.createChannel();
    channel.publish('sluice.events', happened.name, Buffer.from('not a frame'));
    channel.sendToQueue(`sluice.rpc.${ask.name}`, Buffer.from('not a frame'));
    await until(() => observations.letters.length === 1);
    await bus.publish(happened, 1);
    await until(() => seen.length === 1);
    await expect(bus.request(ask, 4)).resolves.toBe(4);
  });

  it('forgets a request queue once nobody serves it', async () => {
    const ask = newRpc<null, null>(500);
    const server = await open();
    const asker = await open();
    await server.handle(ask, async () => null);
    await asker.request(ask, null);
    await server.close(100);
    const codes: string[] = [];
    while (codes.at(-1) !== 'unavailable' && codes.length < 60) {
      codes.push((await failure(asker.request(ask, null))).code);
    }
    // Until the queue expires (10 s, looked at every 5 s) the caller waits for its deadline.
    expect(new Set(codes.slice(0, -1))).toEqual(new Set(['rpc-timeout']));
    expect(codes.at(-1)).toBe('unavailable');
  }, 60_000);

  it('makes its queues anew when they were deleted under it, and loses nothing that was published after', async () => {
    const [happened, ask] = [newEvent<number>(), newRpc<number, number>()];
    const [bus, publisher] = [await open(), await open()];
    const seen: number[] = [];
    await bus.subscribe(happened, 'group', async (n) => void seen.push(n));
    await bus.handle(ask, async (n) => n + 1);
    const channel = await raw.createChannel();
    await channel.deleteQueue(eventQueue(happened.name, 'group'));
    // Nobody takes it at first: the publisher is told, and tries again.
    await eventually(() => publisher.publish(happened, 1));
    await until(() => seen.includes(1));
    await channel.deleteQueue(requestQueue(ask.name));
    await eventually(async () => void expect(await publisher.request(ask, 4)).toBe(5));
    expect(new Set(seen)).toEqual(new Set([1]));
  }, 60_000);

  it('says which broker cannot be used, without the password', async () => {
    const url = new URL(brokerUrl());
    url.password = 'hunter2';
    const refused = await open({ url: url.href }).catch((error: unknown) => error);
    expect(String(refused)).toMatch(/^Error: RabbitMQ at 127\.0\.0\.1:\d+ cannot be used: .*ACCESS/);
    expect(String(refused)).not.toContain('hunter2');
    wire.cut();
    await expect(open({ url: wire.url, connectTimeoutMs: 300 })).rejects.toThrow('cannot be used');
  });
});

async function eventually(act: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const fault = await act().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (fault === undefined) return;
    if (Date.now() > deadline) throw fault;
    await delay(20);
  }
}
