import { exportReady } from '@sluice/contracts';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withBus } from './bus.js';
import { verifyWorld } from './verify/verify-world.js';
import { World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.create();
}, 180_000);
afterAll(() => world.destroy(), 60_000);
afterEach(async () => {
  await world.mend();
  expect(await verifyWorld(world)).toEqual([]);
}, 120_000);

const TEST_MS = 180_000;
const RACES = process.env['SLUICE_FAULT_SWEEP'] ? 1_000 : 100;
const ACTIVE_PER_TENANT = 10;

const endsOf = (jobs: readonly string[]): Promise<readonly string[]> =>
  Promise.all(jobs.map(async (job) => (await world.callers.CA.ended(job, 120_000)).state));

const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

describe('a job', () => {
  it(
    'whose message comes ten times more is run once (R13)',
    async () => {
      const jobId = await world.callers.CA.submit();
      await withBus(world, (bus) => times(10, () => bus.publish(exportReady, { jobId })));
      expect(await world.callers.CA.ended(jobId)).toMatchObject({ state: 'Succeeded', attempt: 1 });
    },
    TEST_MS,
  );

  it(
    'that is submitted by fifty at once is one job',
    async () => {
      const caller = world.callers.CA;
      const wanted = caller.next('big');
      const answers = await times(50, () => caller.post(wanted));
      expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(49).fill(200), 202]);
      const jobs = new Set<string>();
      for (const answer of answers) jobs.add(await caller.take(wanted, answer));
      expect(jobs.size).toBe(1);
      expect(await endsOf([...jobs])).toEqual(['Succeeded']);
    },
    TEST_MS,
  );

  it(
    'that is canceled while it is about to succeed is one or the other (R16)',
    async () => {
      const caller = world.callers.CA;
      const seen = new Set<string>();
      for (let done = 0; done < RACES; done += ACTIVE_PER_TENANT) {
        const ends = await times(ACTIVE_PER_TENANT, async (index) => {
          const jobId = await caller.submit('small');
          // Spread over what a small job takes, so that each of its steps is met.
          await new Promise((resolve) => setTimeout(resolve, index * 40));
          const answer = await caller.cancel(jobId);
          expect(answer.status).toBe(200);
          await answer.body?.cancel();
          return (await caller.ended(jobId)).state;
        });
        for (const end of ends) seen.add(end);
      }
      expect([...seen].every((end) => end === 'Canceled' || end === 'Succeeded')).toBe(true);
      expect(seen).toContain('Canceled');
    },
    TEST_MS,
  );

  it(
    'that kills each of its workers is given up after four attempts (R14)',
    async () => {
      await world.kill('worker-2');
      const jobId = await world.callers.CA.submit('small');
      for (let attempt = 1; attempt <= 4; attempt++) {
        // It may meet the job, and its end, before it says that it is ready.
        await world.restart('worker-1', 'worker.claimed').catch((error: Error) => {
          if (!error.message.includes('ended at its start')) throw error;
        });
        await world.killedItself('worker-1');
      }
      const end = await world.callers.CA.ended(jobId);
      expect(end).toMatchObject({ state: 'Failed', attempt: 4, error: { code: 'export-failed' } });
      await world.mend();
      expect(await endsOf([await world.callers.CA.submit('small')])).toEqual(['Succeeded']);
    },
    TEST_MS,
  );
});

describe('thirty jobs of one tenant over two orchestrators (R17)', () => {
  it(
    'all succeed, and the other tenant is served meanwhile',
    async () => {
      const jobs = await times(30, () => world.callers.CA.submit('small'));
      const other = await world.callers.TX.submit('small');
      expect((await world.callers.TX.ended(other)).state).toBe('Succeeded');
      expect(new Set(await endsOf(jobs))).toEqual(new Set(['Succeeded']));
      expect(world.active.most).toBeLessThanOrEqual(ACTIVE_PER_TENANT);
    },
    TEST_MS,
  );
});

describe('a store that cannot be written (R9, R12)', () => {
  it(
    'fails the job cleanly, and the next one succeeds',
    async () => {
      // A file in the place of the folder: root is stopped by no mode.
      const staging = join(world.exports, 'staging');
      await rename(staging, `${staging}.away`);
      await writeFile(staging, '');
      const jobId = await world.callers.CA.submit();
      const end = await world.callers.CA.ended(jobId);
      await rm(staging);
      await rename(`${staging}.away`, staging);
      expect(end).toMatchObject({ state: 'Failed', error: { code: 'export-failed' } });
      expect(JSON.stringify(end.error)).not.toContain(world.folder);
      expect(await endsOf([await world.callers.CA.submit()])).toEqual(['Succeeded']);
    },
    TEST_MS,
  );
});
