import { exportReady } from '@sluice/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { csvOf, endlessCsv, FakeEngine } from './fake-engine.js';
import { eventually, WorkerHarness } from './worker-harness.js';

describe('an export that is announced', () => {
  let harness: WorkerHarness;
  let engine: FakeEngine;

  beforeEach(async () => {
    harness = await WorkerHarness.create();
    engine = new FakeEngine();
  });

  afterEach(() => harness.close());

  it('is run once, however often it is announced', async () => {
    await harness.start(engine);
    const jobId = await harness.submit();
    for (let i = 0; i < 10; i++) await harness.bus.publish(exportReady, { jobId });
    await harness.succeeded(jobId);
    await harness.end();
    expect(engine.statements).toHaveLength(1);
    expect(harness.finished).toHaveLength(1);
  });

  it('runs beside so many others, and no more; the next begins when one ends', async () => {
    engine.next = endlessCsv;
    await harness.start(engine, { concurrency: 2 });
    for (let i = 0; i < 5; i++) await harness.submit();
    await eventually(() => engine.streams.length === 2);
    await sleep(50);
    expect(engine.streams).toHaveLength(2);
    expect(harness.ready.size).toBe(3);
    engine.streams[0]!.destroy(new Error('ends'));
    await eventually(() => engine.streams.length === 3);
  });

  it('waits for an orchestrator that is away for longer than a message is delivered again', async () => {
    await harness.start(engine);
    harness.claimFaults = 3 * exportReady.maxDeliveries;
    await harness.succeeded(await harness.submit());
    expect(harness.claimFaults).toBe(0);
  });

  it('goes back to the line when all slots are busy for long', async () => {
    engine.next = endlessCsv;
    await harness.start(engine, { concurrency: 1, slotWaitMs: 30 });
    await harness.submit();
    const second = await harness.submit();
    await sleep(150);
    expect([...harness.ready.keys()]).toEqual([second]);
    engine.next = () => csvOf(1);
    engine.streams[0]!.destroy(new Error('ends'));
    await harness.succeeded(second);
  });
});
