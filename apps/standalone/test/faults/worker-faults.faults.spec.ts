import { exportClaim, ExportFinished, exportFinished, exportRenew } from '@sluice/contracts';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withBus } from './bus.js';
import { changesOf, lossesOf, SLOW, stopped, underWay } from './under-way.js';
import { until } from './until.js';
import { useWorld } from './use-world.js';
import { TIMES, World } from './world.js';
import { compareRows, importGeneration } from './world-data.js';

let world: World;
useWorld((made) => (world = made));

/** So many jobs that both workers have some, whichever the broker begins with. */
const JOBS = 4;
const TEST_MS = 150_000;
const SWEEP = Boolean(process.env['SLUICE_FAULT_SWEEP']);

const submitSome = (jobs = JOBS): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: jobs }, () => world.callers.CA.submit()));

const states = (jobs: readonly string[]): Promise<readonly string[]> =>
  Promise.all(jobs.map(async (job) => (await world.callers.CA.ended(job, 90_000)).state));

const allSucceed = async (jobs: readonly string[]): Promise<void> =>
  expect(await states(jobs)).toEqual(jobs.map(() => 'Succeeded'));

/** Where a crash hurts most; `SLUICE_FAULT_SWEEP=1` goes through all places. */
const PLACES = [
  'worker.claimed',
  'worker.chunk:40',
  'worker.before-publish',
  'worker.file-shown',
  'worker.published',
  ...(SWEEP
    ? [
        'worker.received',
        'worker.query-started',
        'worker.chunk:1',
        'worker.file-staged',
        'worker.manifest-staged',
        'worker.recorded',
        'worker.told',
      ]
    : []),
];

describe('a worker', () => {
  it.each(PLACES)(
    'that is killed at %s loses no job and leaves nothing (R1)',
    async (failpoint) => {
      await world.restart('worker-1', failpoint);
      const jobs = await submitSome();
      await world.killedItself('worker-1');
      await allSucceed(jobs);
    },
    TEST_MS,
  );

  it.each([
    'worker.chunk:10',
    'worker.before-publish:1',
    ...(SWEEP ? ['worker.file-shown:1'] : []),
    'worker.published:1',
  ])(
    'that sleeps at %s beyond its lease is refused when it wakes, and nothing of its file stays (R19)',
    async (place) => {
      await world.kill('worker-2');
      await world.restart('worker-1', `${place}:stop`);
      const { CA: caller } = world.callers;
      const job = await caller.submit();
      await stopped(world, 'worker-1');
      await world.services['worker-2'].start();
      expect(await caller.ended(job)).toMatchObject({ state: 'Succeeded', attempt: 2 });
      // Long after the store was tidied up, too.
      await sleep(2 * TIMES.lease + 2 * TIMES.sweep);
      const before = await caller.job(job);
      const told = await withBus(world, async (bus) => {
        const reports: ExportFinished[] = [];
        await bus.subscribe(
          exportFinished,
          `faults-${randomUUID()}`,
          async (report) => void reports.push(report),
        );
        world.services['worker-1'].signal('SIGCONT');
        await until('the zombie is done', () => (zombieIsDone(job, reports) ? true : undefined));
        return reports.filter(({ jobId, attempt }) => jobId === job && attempt === 1);
      });
      // Only where the file had its name already does it believe in its success; where it learns in time, it says nothing.
      expect(told.map(({ outcome }) => outcome.kind)).toEqual(
        place === 'worker.published:1' ? ['succeeded'] : [],
      );
      await until(
        'its file goes',
        async () => ((await filesOf(job)).includes('1') ? undefined : true),
        5_000,
      );
      expect(await filesOf(job)).toEqual(['2']);
      expect(await readdir(join(world.exports, 'staging'))).toEqual([]);
      const after = await caller.job(job);
      expect(after).toMatchObject({ state: 'Succeeded', attempt: 2 });
      expect(after.result?.manifest).toEqual(before.result?.manifest);
      expect((await changesOf(world, job)).at(-1)).toMatchObject({
        old_state: 'Running',
        new_state: 'Succeeded',
      });
    },
    TEST_MS,
  );

  it(
    'whose data are replaced under it delivers the state that it began with, whole, and the next job the new one (R33)',
    async () => {
      for (const name of ['worker-1', 'worker-2'] as const) await world.restart(name, SLOW);
      const { CA: caller } = world.callers;
      const job = await caller.submit();
      await underWay(caller, job);
      await replaceData();
      const next = await caller.submit();
      expect(await caller.ended(job)).toMatchObject({ state: 'Succeeded', attempt: 1 });
      await allSucceed([next]);
      expect(await generationOf(job)).toBe(world.generations - 1);
      expect(await generationOf(next)).toBe(world.generations);
      expect(await versionOf(job)).not.toBe(await versionOf(next));
    },
    TEST_MS,
  );

  it(
    'that dies while its data are replaced has its job run again over the new state (R33)',
    async () => {
      await world.kill('worker-2');
      await world.restart('worker-1', 'worker.chunk:10:stop');
      const { CA: caller } = world.callers;
      const job = await caller.submit();
      await stopped(world, 'worker-1');
      await replaceData();
      await world.kill('worker-1');
      await world.mend();
      expect(await caller.ended(job)).toMatchObject({ state: 'Succeeded', attempt: 2 });
      expect(await generationOf(job)).toBe(world.generations);
    },
    TEST_MS,
  );

  it(
    'owns a job by the clock of the database alone (R15)',
    async () => {
      await world.kill('worker-1');
      await world.kill('worker-2');
      const job = await world.callers.CA.submit();
      await withBus(world, async (bus) => {
        const first = await bus.request(exportClaim, { jobId: job, workerId: 'a' });
        expect(first).toMatchObject({ attempt: 1, leaseMs: TIMES.lease });
        expect(await bus.request(exportClaim, { jobId: job, workerId: 'b' })).toBeNull();
        const [{ left }] = await world.database.query<[{ left: number }]>(
          `select (extract(epoch from lease_expires_at - clock_timestamp()) * 1000)::float8 as left from export_job where id = $1`,
          [job],
        );
        expect(left).toBeLessThanOrEqual(TIMES.lease);
        // What no clock of a worker or orchestrator knows of: by the database's, the lease is over.
        await world.database.query(
          `update export_job set lease_expires_at = clock_timestamp() - interval '1 second' where id = $1 and state = 'Running'`,
          [job],
        );
        await until('the lease is seen to be over', async () => {
          const again = await bus.request(exportClaim, { jobId: job, workerId: 'b' });
          return again?.attempt === 2 ? true : undefined;
        });
        const progress = { jobId: job, rowsDone: 0, rowsExpected: null };
        expect(await bus.request(exportRenew, { ...progress, attempt: 1 })).toEqual({ proceed: false });
      });
      await world.mend();
      await allSucceed([job]);
    },
    TEST_MS,
  );

  it(
    'keeps and loses jobs as always when the clocks are ten minutes apart (R15)',
    async () => {
      const skews = { 'worker-1': 1, 'worker-2': -1, 'orchestrator-1': -1, 'orchestrator-2': 1 } as const;
      const names = Object.keys(skews) as (keyof typeof skews)[];
      for (const name of names) {
        const failpoint = name === 'worker-1' ? 'worker.chunk:40' : '';
        await world.restart(name, failpoint, {
          NODE_OPTIONS: `--require ${join(__dirname, 'skewed-clock.cjs')}`,
          SKEW_MS: String(skews[name] * 600_000),
        });
      }
      const { CA: caller } = world.callers;
      const jobs = await submitSome();
      await world.killedItself('worker-1');
      await allSucceed(jobs);
      const attempts = await Promise.all(jobs.map(async (job) => (await caller.job(job)).attempt));
      // One or two were under way in the worker that died; nobody else's lease was taken for over.
      const losses = await Promise.all(jobs.map((job) => lossesOf(world, job)));
      expect(attempts).toEqual(losses.map((lost) => lost + 1));
      expect(losses.reduce((sum, lost) => sum + lost)).toBeLessThanOrEqual(2);
      expect(Math.max(...losses)).toBe(1);
      for (const name of names) await world.restart(name);
    },
    TEST_MS,
  );
});

/** It has told what became of its attempt, or said in its log that it gave the job up. */
function zombieIsDone(job: string, reports: readonly ExportFinished[]): boolean {
  const lines = world.services['worker-1'].output.split('\n');
  return (
    reports.some(({ jobId, attempt }) => jobId === job && attempt === 1) ||
    lines.some((line) => line.includes(job) && line.includes('was canceled or taken over'))
  );
}

/** The attempts that have something in the store. */
function filesOf(job: string): Promise<readonly string[]> {
  return readdir(join(world.exports, 'objects/CA', job));
}

async function replaceData(): Promise<void> {
  world.generations += 1;
  await importGeneration(world.folder, 'big', world.generations);
}

/** Which state of the data a job's file holds; null when it is none, or not all of one. */
async function generationOf(jobId: string): Promise<number | null> {
  const { CA: caller } = world.callers;
  const file = Buffer.from(await (await fetch((await caller.job(jobId)).result!.downloadUrl!)).arrayBuffer());
  for (let generation = 1; generation <= world.generations; generation++) {
    if ((await compareRows(caller.accepted.get(jobId)!, file, [generation])) === null) return generation;
  }
  return null;
}

async function versionOf(jobId: string): Promise<string> {
  return (await world.callers.CA.job(jobId)).result!.manifest.dataVersion;
}
