import { exportClaim, exportRenew } from '@sluice/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { withBus } from './bus.js';
import { until } from './until.js';
import { verifyWorld } from './verify/verify-world.js';
import { TIMES, World } from './world.js';
import { importGeneration } from './world-data.js';

let world: World;
beforeAll(async () => {
  world = await World.create();
}, 180_000);
afterAll(() => world.destroy(), 60_000);
afterEach(async () => {
  await world.mend();
  expect(await verifyWorld(world)).toEqual([]);
}, 120_000);

/** So many jobs that both workers have some, whichever the broker begins with. */
const JOBS = 4;
const TEST_MS = 150_000;

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
  ...(process.env['SLUICE_FAULT_SWEEP']
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

  it.each(['worker.lease-lost', 'worker.cleanup'])(
    'that is killed at %s, over a job that was canceled, leaves nothing (R1)',
    async (failpoint) => {
      await world.kill('worker-2');
      await world.restart('worker-1', 'worker.chunk:10:stop');
      const job = await world.callers.CA.submit();
      await until('the worker stops', async () =>
        (await world.services['worker-1'].isStopped()) ? true : undefined,
      );
      expect((await world.callers.CA.cancel(job)).status).toBe(200);
      // The job is over for the caller, whatever its worker does.
      expect((await world.callers.CA.job(job)).state).toBe('Canceled');
      await world.restart('worker-1', failpoint);
      const next = await world.callers.CA.submit();
      await until('the next one runs or is done', async () =>
        (await world.callers.CA.job(next)).state === 'Pending' ? undefined : true,
      );
      await world.callers.CA.cancel(next);
      await world.callers.CA.ended(next);
    },
    TEST_MS,
  );

  it(
    'that sleeps beyond its lease finds its job gone, and its file does not stay (R19)',
    async () => {
      await world.restart('worker-1', 'worker.before-publish:1:stop');
      const jobs = await submitSome();
      const { 'worker-1': zombie } = world.services;
      await until('the worker stops', async () => ((await zombie.isStopped()) ? true : undefined));
      await allSucceed(jobs);
      const [{ attempts }] = await world.database.query<[{ attempts: number }]>(
        'select max(attempt) as attempts from export_job where id = any($1)',
        [jobs],
      );
      expect(attempts).toBeGreaterThan(1);
      // Long after the store was tidied up, too.
      await sleep(2 * TIMES.lease + 2 * TIMES.sweep);
      zombie.signal('SIGCONT');
      await until('the zombie comes to itself', async () => ((await zombie.isStopped()) ? undefined : true));
    },
    TEST_MS,
  );

  it(
    'that is told to end hands its job back, and another one runs it (R26)',
    async () => {
      await world.kill('worker-2');
      await world.restart('worker-1', 'worker.chunk:10:stop');
      const job = await world.callers.CA.submit();
      const { 'worker-1': leaving } = world.services;
      await until('the worker stops', async () => ((await leaving.isStopped()) ? true : undefined));
      leaving.signal('SIGTERM');
      leaving.signal('SIGCONT');
      await world.services['worker-2'].start();
      expect(await leaving.ended()).toBe(0);
      await allSucceed([job]);
    },
    TEST_MS,
  );

  it(
    'that is told twice ends at once, and its job is run again when its lease is over (R27)',
    async () => {
      await world.kill('worker-2');
      await world.restart('worker-1', 'worker.chunk:10:stop');
      const job = await world.callers.CA.submit();
      const { 'worker-1': leaving } = world.services;
      await until('the worker stops', async () => ((await leaving.isStopped()) ? true : undefined));
      leaving.signal('SIGTERM');
      // Two of one kind would be one while it is stopped.
      leaving.signal('SIGINT');
      world.noteKilled('worker-1');
      leaving.signal('SIGCONT');
      expect([0, 130, 143]).toContain(await leaving.ended());
      world.noteKilled('worker-1');
      await world.services['worker-2'].start();
      await allSucceed([job]);
    },
    TEST_MS,
  );

  it(
    'whose data are replaced under it delivers the one state or the other, whole (R33)',
    async () => {
      await world.restart('worker-1', 'worker.chunk:10:stop');
      const jobs = await submitSome();
      await until('a worker stops', async () =>
        (await world.services['worker-1'].isStopped()) ? true : undefined,
      );
      world.generations += 1;
      await importGeneration(world.folder, 'big', world.generations);
      world.services['worker-1'].signal('SIGCONT');
      await allSucceed([...jobs, ...(await submitSome(1))]);
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
});
