import { auditRecorded, exportFinished, exportReady } from '@sluice/contracts';
import { ChannelModel, connect } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventQueue } from '../src/rabbitmq/topology.js';
import { brokerUrl } from './broker-url.js';

/** Only one connection can have it, and it goes with that. */
const LOCK = 'sluice.test.whole-services';
const WAIT_MS = 170_000;
const AGAIN_MS = 250;

/** What an earlier test may have left for services that have ended. */
const KEPT = [
  eventQueue(auditRecorded.name, 'audit-service'),
  eventQueue(exportReady.name, 'export-worker'),
  eventQueue(exportFinished.name, 'export-orchestrator'),
];

/**
 * Tests of whole services share the names of their queues, and each has a secret of its own: at once on one broker they would take, and refuse,
 * each other's messages. Waits until no other has the broker, and begins with empty queues.
 *
 * @returns lets the next one in
 */
export async function aloneOnBroker(): Promise<() => Promise<void>> {
  const model = await takeTurn();
  const channel = await model.createChannel();
  for (const queue of KEPT) {
    await channel.deleteQueue(queue);
    await channel.deleteQueue(`${queue}.dead`);
  }
  return () => model.close();
}

async function takeTurn(): Promise<ChannelModel> {
  for (const end = Date.now() + WAIT_MS; ; await sleep(AGAIN_MS)) {
    const model = await connect(brokerUrl());
    model.on('error', () => undefined); // told by the promise below
    try {
      const channel = await model.createChannel();
      channel.on('error', () => undefined);
      await channel.assertQueue(LOCK, { exclusive: true });
      return model;
    } catch (error) {
      await model.close();
      if (!String(error).includes('RESOURCE_LOCKED') || Date.now() > end) throw error;
    }
  }
}
