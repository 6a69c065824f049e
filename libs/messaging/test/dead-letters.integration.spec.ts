import { SluiceError } from '@sluice/contracts';
import { connectRabbitMq, listQueues, putBack, RabbitMqMessageBus } from '../src/index.js';
import { eventQueue } from '../src/rabbitmq/topology.js';
import { brokerUrl } from './broker-url.js';
import { BusObservations, keysOf, newEvent, SERVICE, until } from './bus-harness.js';

const GENEROUS_MS = 30_000;

describe('messages that were set aside', () => {
  let bus: RabbitMqMessageBus;
  let observations: BusObservations;
  const happened = newEvent<number>(2);
  const queue = eventQueue(happened.name, SERVICE);

  beforeAll(async () => {
    observations = new BusObservations();
    const { onDeadLetter } = observations;
    const delays = { firstRedeliveryMs: 10, longestRedeliveryMs: 10 };
    bus = await connectRabbitMq({ url: brokerUrl(), service: SERVICE, keysOf, onDeadLetter, ...delays });
  });
  afterAll(() => bus.close(1_000));

  async function untilSetAside(count: number): Promise<void> {
    let found = -1;
    const look = async () => void (found = (await listQueues(brokerUrl(), [happened]))[0]!.setAside);
    for (const deadline = Date.now() + GENEROUS_MS; found !== count; await look()) {
      if (Date.now() > deadline) throw new Error(`${found} were set aside, not ${count}.`);
    }
  }

  it('are counted, and handled once they are put back: oldest first, and with all their deliveries', async () => {
    const seen: number[] = [];
    let mended = false;
    let tries = 0;
    await bus.subscribe(
      happened,
      SERVICE,
      async (n) => {
        tries += 1;
        if (!mended) throw new SluiceError('unavailable', 'not now');
        seen.push(n);
      },
      { concurrency: 1 },
    );
    for (const n of [1, 2, 3]) {
      await bus.publish(happened, n);
      await until(() => observations.letters.length === n, GENEROUS_MS);
    }
    await untilSetAside(3);
    expect(await listQueues(brokerUrl(), [happened])).toEqual([
      { event: happened.name, queue, waiting: 0, setAside: 3 },
    ]);

    tries = 0;
    expect(await putBack(brokerUrl(), happened, 1)).toBe(1);
    await until(() => observations.letters.length === 4, GENEROUS_MS);
    expect({ tries, again: observations.letters[3] }).toMatchObject({
      tries: 2,
      again: { message: 1, deliveries: 2 },
    });
    await untilSetAside(3);

    mended = true;
    expect(await putBack(brokerUrl(), happened, 100)).toBe(3);
    await until(() => seen.length === 3, GENEROUS_MS);
    expect(seen).toEqual([2, 3, 1]);
    expect(await putBack(brokerUrl(), happened, 100)).toBe(0);
  });

  it('are not asked for in vain: what is not there is named', async () => {
    const unknown = newEvent<number>();
    await expect(listQueues(brokerUrl(), [unknown])).rejects.toThrow(
      `There is no queue sluice.event.${unknown.name}`,
    );
    await expect(putBack(brokerUrl(), unknown, 1)).rejects.toThrow('There is no queue');
    const away = 'amqp://ada:hunter2@127.0.0.1:1';
    const refused = await putBack(away, happened, 1).catch((error: unknown) => String(error));
    expect(refused).toMatch(/^Error: RabbitMQ at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/);
    expect(refused).not.toContain('hunter2');
  });
});
