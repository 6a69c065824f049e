import { setTimeout as sleep } from 'node:timers/promises';
import { changesOf, lossesOf, SLOW, underWay } from './under-way.js';
import { useWorld } from './use-world.js';
import { TIMES, World } from './world.js';

let world: World;
useWorld((made) => (world = made));

const TEST_MS = 150_000;
/** What a message, a relay's round and a loaded machine may take. */
const SLACK_MS = 3_000;

/** A job that only `worker-1` knows of, with most of its way before it, and `worker-2` ready for the next one. */
async function jobUnderWay(): Promise<string> {
  await world.kill('worker-2');
  await world.restart('worker-1', SLOW);
  const job = await world.callers.CA.submit();
  await underWay(world.callers.CA, job);
  await world.services['worker-2'].start();
  return job;
}

describe('a worker that is told to end while a job runs', () => {
  it(
    'hands the job back and ends cleanly, and another worker runs it at once, not when its lease is over (R26)',
    async () => {
      const job = await jobUnderWay();
      const { 'worker-1': leaving } = world.services;
      leaving.signal('SIGTERM');
      expect(await leaving.ended()).toBe(0);
      const left = Date.now();
      expect(await world.callers.CA.ended(job)).toMatchObject({ state: 'Succeeded', attempt: 2 });
      const changes = await changesOf(world, job);
      expect(changes.map(({ new_state, attempt }) => `${new_state} ${attempt}`)).toEqual([
        'Pending 0',
        'Running 1',
        'Pending 1',
        'Running 2',
        'Succeeded 2',
      ]);
      expect(await lossesOf(world, job)).toBe(0);
      const [, , back, again] = changes;
      // Told before the worker is gone, and taken as soon as the pause before a retry is over.
      expect(back!.at).toBeLessThan(left);
      expect(again!.at - back!.at).toBeLessThan(1.5 * TIMES.retryBase + SLACK_MS);
    },
    TEST_MS,
  );

  it.each([
    ['is told again', 'SIGINT'],
    ['crashes on its way', 'SIGKILL'],
  ] as const)(
    'and %s ends at once, and the job is run again when its lease is over (R27)',
    async (_, signal) => {
      const job = await jobUnderWay();
      const { 'worker-1': leaving } = world.services;
      leaving.signal('SIGTERM');
      // Signals that are pending together come in the order of their numbers: the first one is to be in force.
      await sleep(500);
      expect(leaving.running).toBe(true);
      const told = Date.now();
      leaving.signal(signal);
      expect(await leaving.ended(5_000)).toBe(signal);
      world.noteKilled('worker-1', told);
      expect(await world.callers.CA.ended(job)).toMatchObject({ state: 'Succeeded', attempt: 2 });
      expect(await lossesOf(world, job)).toBe(1);
      const back = (await changesOf(world, job)).find(({ old_state }) => old_state === 'Running');
      expect(back!.at - told).toBeLessThan(TIMES.lease + TIMES.sweep + SLACK_MS);
      // The last renewal was at most one round ago, less than a second on a loaded machine.
      expect(back!.at - told).toBeGreaterThan(TIMES.lease - TIMES.renew - 1_000);
    },
    TEST_MS,
  );
});
