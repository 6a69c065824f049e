import { randomUUID } from 'node:crypto';
import { ChannelModel, ConfirmChannel, connect, ConsumeMessage } from 'amqplib';
import { connectRabbitMq, RabbitMqMessageBus } from '../src/index.js';
import { decodeFrame, encodeFrame } from '../src/rabbitmq/frame.js';
import { deadLetterQueue, eventQueue } from '../src/rabbitmq/topology.js';
import { brokerUrl } from './broker-url.js';
import { BusObservations, failure, keysOf, newEvent, newRpc, SERVICE, until } from './bus-harness.js';
import { ask, Asking, forgeries, form, sealed } from './forgeries.js';
import { queueOf, RawMessage, sealedMessage } from './sealed-message.js';

jest.setTimeout(60_000);

const GENEROUS_MS = 30_000;

/** Messages of somebody who may use the broker and does not know the secret. */
describe('messages that were not sealed for who gets them', () => {
  let observations: BusObservations;
  let bus: RabbitMqMessageBus;
  let model: ChannelModel;
  let channel: ConfirmChannel;
  const replies: ConsumeMessage[] = [];
  let replyTo: string;
  const handled: unknown[] = [];

  beforeEach(async () => {
    observations = new BusObservations();
    const { onDeadLetter, onFault, onRefused } = observations;
    bus = await connectRabbitMq({
      url: brokerUrl(),
      service: SERVICE,
      keysOf,
      onDeadLetter,
      onFault,
      onRefused,
    });
    model = await connect(brokerUrl());
    channel = await model.createConfirmChannel();
    ({ queue: replyTo } = await channel.assertQueue('', { exclusive: true }));
    await channel.consume(replyTo, (reply) => void (reply && replies.push(reply)), { noAck: true });
    handled.splice(0);
    replies.splice(0);
  });

  afterEach(async () => {
    await bus.close(1_000);
    await model.close();
  });

  async function serve(rpc: Asking): Promise<void> {
    await bus.handle(rpc, async (message) => {
      handled.push(message);
      return message.tenant;
    });
  }

  const send = (queue: string, { content, options }: RawMessage): void =>
    void channel.sendToQueue(queue, content, { ...options, replyTo });

  it.each(forgeries)('a request that %s is refused as %s', async (_, reason, forge) => {
    const rpc = ask();
    await serve(rpc);
    const message = forge(rpc);
    send(queueOf(rpc), message);
    await until(() => replies.length === 1, GENEROUS_MS);
    expect(decodeFrame(replies[0]!.content)).toMatchObject({ code: 'message-forged', details: {} });
    expect(observations.refused).toEqual([
      { kind: 'request', name: rpc.name, reason, correlationId: message.options.correlationId },
    ]);
    expect(handled).toEqual([]);
    // It is gone from the queue, and the line goes on.
    await expect(bus.request(rpc, { tenant: 'CA' })).resolves.toBe('CA');
    expect((await channel.checkQueue(queueOf(rpc))).messageCount).toBe(0);
  });

  it('a request that is played again is refused, in its own queue and in another one', async () => {
    const [rpc, other] = [ask(), ask()];
    await serve(rpc);
    await serve(other);
    const message = sealed(rpc);
    send(queueOf(rpc), message);
    await until(() => replies.length === 1, GENEROUS_MS);
    expect(decodeFrame(replies[0]!.content)).toBe('CA');
    send(queueOf(rpc), message);
    await until(() => replies.length === 2, GENEROUS_MS);
    send(queueOf(other), message);
    await until(() => replies.length === 3, GENEROUS_MS);
    expect(observations.refused.map(({ reason, name }) => [reason, name])).toEqual([
      ['replayed', rpc.name],
      ['forged', other.name],
    ]);
    expect(handled).toEqual([{ tenant: 'CA' }]);
  });

  it('a request without a place for its answer is dropped', async () => {
    const rpc = ask();
    await serve(rpc);
    channel.sendToQueue(queueOf(rpc), Buffer.from('not a frame'));
    await until(() => observations.refused.length === 1, GENEROUS_MS);
    await expect(bus.request(rpc, { tenant: 'TX' })).resolves.toBe('TX');
    expect(handled).toEqual([{ tenant: 'TX' }]);
  });

  it('a request of another version, or that is no frame, is refused though it is sealed', async () => {
    const rpc = ask();
    await serve(rpc);
    send(queueOf(rpc), sealed(rpc, { version: 7 }));
    send(queueOf(rpc), sealedMessage(keysOf, 'request', rpc, Buffer.from('not a frame')));
    await until(() => replies.length === 2, GENEROUS_MS);
    expect(replies.map(({ content }) => decodeFrame(content))).toMatchObject([
      { code: 'message-refused', message: expect.stringContaining('version 1 only') },
      { code: 'message-refused', message: expect.stringContaining('cannot be read') },
    ]);
    expect(handled).toEqual([]);
    expect(observations.refused).toEqual([]);
  });

  it('a cancellation that is not sealed stops nothing', async () => {
    const rpc = newRpc<null, string>();
    let stopped = false;
    let release: (() => void) | undefined;
    await bus.handle(rpc, async (_, { signal }) => {
      signal.addEventListener('abort', () => (stopped = true));
      await new Promise<void>((resolve) => (release = resolve));
      return 'done';
    });
    const message = sealedMessage(keysOf, 'request', rpc, null);
    send(queueOf(rpc), message);
    await until(() => release !== undefined, GENEROUS_MS);
    const correlationId = message.options.correlationId as string;
    channel.publish('sluice.cancels', rpc.name, Buffer.alloc(0), { correlationId });
    await until(() => observations.refused.length === 1, GENEROUS_MS);
    expect(observations.refused).toMatchObject([{ kind: 'cancel', reason: 'unsealed' }]);
    release?.();
    await until(() => replies.length === 1, GENEROUS_MS);
    expect([stopped, decodeFrame(replies[0]!.content)]).toEqual([false, 'done']);
  });

  const answers: readonly [string, (rpc: Asking, correlationId: string) => RawMessage][] = [
    [
      'carries no seal',
      (_, correlationId) => ({ content: encodeFrame('TX'), options: { correlationId, type: 'answer' } }),
    ],
    [
      'is the answer to another question',
      (rpc, correlationId) => {
        const { content, options } = answerTo(rpc, randomUUID());
        return { content, options: { ...options, correlationId } };
      },
    ],
    ['comes from a service that was not asked', (rpc, id) => answerTo(rpc, id, { from: 'export-worker' })],
    ['is the failure of another kind', (rpc, id) => answerTo(rpc, id, { kind: 'failure' })],
  ];
  const answerTo = (rpc: Asking, correlationId: string, changes = {}): RawMessage => {
    const envelope = { correlationId, from: SERVICE, to: SERVICE, ...changes };
    const { content, options } = sealedMessage(keysOf, 'answer', rpc, 'TX', envelope);
    return { content, options: { ...options, type: 'answer' } };
  };

  it.each(answers)('an answer that %s is not taken for one', async (_, forge) => {
    const rpc = ask();
    await channel.assertQueue(queueOf(rpc), { autoDelete: true });
    await channel.consume(
      queueOf(rpc),
      (request) => {
        const { replyTo: to, correlationId } = request!.properties;
        const { content, options } = forge(rpc, String(correlationId));
        channel.sendToQueue(String(to), content, options);
      },
      { noAck: true },
    );
    expect((await failure(bus.request(rpc, { tenant: 'CA' }))).code).toBe('message-forged');
    expect(observations.refused).toMatchObject([{ name: rpc.name }]);
  });

  it('events are set aside at once, whole, and reach no handler', async () => {
    const happened = newEvent(5, form);
    await bus.subscribe(happened, 'group', async (message) => void handled.push(message));
    const queue = eventQueue(happened.name, 'group');
    const good = sealedMessage(keysOf, 'event', happened, { tenant: 'CA' });
    const bad: RawMessage[] = [
      { content: Buffer.from('{"tenant":'), options: {} },
      { ...good, content: encodeFrame({ tenant: 'TX' }) },
      sealedMessage(keysOf, 'event', happened, { tenant: 'TX' }, { to: 'audit-service' }),
      sealedMessage(keysOf, 'event', happened, Buffer.from('{"tenant":')),
      sealedMessage(keysOf, 'event', happened, { tenant: 'TX' }, { version: 2 }),
    ];
    for (const { content, options } of [...bad, good]) channel.sendToQueue(queue, content, options);
    await until(() => observations.letters.length === bad.length && handled.length === 1, GENEROUS_MS);
    expect(handled).toEqual([{ tenant: 'CA' }]);
    expect(observations.letters.map(({ error, deliveries }) => [error.code, deliveries])).toEqual([
      ['message-forged', 1],
      ['message-forged', 1],
      ['message-forged', 1],
      ['message-refused', 1],
      ['message-refused', 1],
    ]);
    expect(observations.refused.map(({ reason }) => reason)).toEqual(['unsealed', 'forged', 'forged']);
    const aside: Buffer[] = [];
    for (const deadline = Date.now() + GENEROUS_MS; aside.length < bad.length && Date.now() < deadline;) {
      const letter = await channel.get(deadLetterQueue(queue), { noAck: true });
      if (letter) aside.push(letter.content);
    }
    expect(aside).toEqual(bad.map(({ content }) => content));
  });

  it('the key of another service opens nothing, and any key of a list opens', async () => {
    const rpc = ask();
    await serve(rpc);
    const options = { url: brokerUrl(), service: 'test-asker' };
    const stranger = await connectRabbitMq({ ...options, keysOf: (service) => keysOf(`not ${service}`) });
    expect((await failure(stranger.request(rpc, { tenant: 'CA' }))).code).toBe('message-forged');
    await stranger.close(1_000);
    const changing = await connectRabbitMq({
      ...options,
      service: SERVICE,
      keysOf: (service) => [...keysOf(`new ${service}`), ...keysOf(service)],
    });
    const happened = newEvent(5, form);
    await changing.subscribe(happened, 'group', async (message) => void handled.push(message));
    await bus.publish(happened, { tenant: 'CA' });
    await changing.publish(happened, { tenant: 'TX' });
    await until(() => handled.length === 2, GENEROUS_MS);
    await changing.close(1_000);
  });
});
