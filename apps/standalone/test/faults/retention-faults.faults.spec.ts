import { rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './until.js';
import { verifyWorld } from './verify/verify-world.js';
import { World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.create();
}, 240_000);
afterAll(() => world.destroy(), 60_000);
afterEach(async () => {
  await world.mend();
  expect(await verifyWorld(world)).toEqual([]);
}, 120_000);

const TEST_MS = 240_000;
/** Older than an attempt of six hours, its leases and the margin of one hour. */
const AGED_S = 8 * 3_600;
const ORCHESTRATORS = ['orchestrator-1', 'orchestrator-2'] as const;

/** Jobs with their files, and a link to each, that nobody has anything left to do for. */
async function exported(count: number): Promise<ReadonlyMap<string, string>> {
  const { CA } = world.callers;
  const jobs = await Promise.all(Array.from({ length: count }, () => CA.submit('small')));
  const ended = await Promise.all(jobs.map((job) => CA.ended(job)));
  await until('the jobs are tidy until their files expire', async () => {
    const left = await rows(
      `select 1 from export_job where id = any($1) and tidy_at <> file_expires_at`,
      jobs,
    );
    return left.length === 0 ? true : undefined;
  });
  return new Map(ended.map(({ jobId, result }) => [jobId, result?.downloadUrl ?? '']));
}

const rows = <T>(sql: string, jobs: readonly string[]): Promise<readonly T[]> =>
  world.database.query<T[]>(sql, [jobs]);

const filesOf = async (jobs: readonly string[]): Promise<readonly string[]> =>
  (await world.store.files()).filter((file) => jobs.some((job) => file.includes(job)));

/** As if so much time had passed: their files' time is over, or what a dead orchestrator had taken is due again. */
const setDue = (jobs: readonly string[]): Promise<unknown> =>
  rows(
    `update export_job set file_expires_at = least(file_expires_at, clock_timestamp()), tidy_at = clock_timestamp()
      where id = any($1)`,
    jobs,
  );

const tidied = (jobs: readonly string[]): Promise<true> =>
  until('the jobs are tidied', async () => {
    const left = await rows(`select 1 from export_job where id = any($1) and tidy_at is not null`, jobs);
    return left.length === 0 ? true : undefined;
  });

/** A row that speaks of a file has one, whatever broke off; one whose time is over promises nothing. */
async function expectRowsTrue(jobs: readonly string[]): Promise<void> {
  const promised = await rows<{ id: string }>(
    `select id from export_job where id = any($1) and file_expires_at > clock_timestamp()`,
    jobs,
  );
  const files = await filesOf(jobs);
  for (const { id } of promised) expect(files.filter((file) => file.includes(id))).toHaveLength(2);
}

describe('the end of files’ time (R32)', () => {
  it.each(['orchestrator.file-removed', 'orchestrator.file-removed:3', 'orchestrator.tidied'])(
    'whose orchestrator is killed at %s is told at once, goes on with another one, and may be done twice',
    async (failpoint) => {
      const links = await exported(4);
      const jobs = [...links.keys()];
      const [kept = '', ...expiring] = jobs;
      for (const name of ORCHESTRATORS) await world.kill(name);
      await setDue(expiring);
      // It may find them before it says that it is ready.
      await world.restart('orchestrator-1', failpoint).catch((error: Error) => {
        if (!error.message.includes('ended at its start')) throw error;
      });
      await world.killedItself('orchestrator-1');
      await expectRowsTrue(jobs);

      await world.mend();
      const { CA } = world.callers;
      for (const job of expiring) {
        expect(await CA.job(job)).toMatchObject({
          state: 'Succeeded',
          expired: true,
          result: { rows: 1_000, downloadUrl: null },
        });
        expect((await fetch(links.get(job) ?? '')).status).toBe(410);
      }
      for (const time of ['after the crash', 'once more']) {
        await setDue(expiring);
        await tidied(expiring);
        expect({ time, files: await filesOf(expiring) }).toEqual({ time, files: [] });
      }
      expect(await filesOf([kept])).toHaveLength(2);
      expect((await fetch(links.get(kept) ?? '')).status).toBe(200);
      for (const name of ORCHESTRATORS)
        expect(world.services[name].output).not.toContain('file tidier failed');
    },
    TEST_MS,
  );

  it(
    'is no fault where somebody has removed a file already',
    async () => {
      const [job = ''] = [...(await exported(1)).keys()];
      await rm(join(world.exports, 'objects/CA', job), { recursive: true });
      await setDue([job]);
      await tidied([job]);
      expect(await world.callers.CA.job(job)).toMatchObject({ state: 'Succeeded', expired: true });
    },
    TEST_MS,
  );
});

describe('the reaper of the store (R32)', () => {
  it(
    'that is killed over its work is followed by another one, and takes no file of a job',
    async () => {
      const jobs = [...(await exported(3)).keys()];
      const [kept = '', ...orphaned] = jobs;
      for (const name of ORCHESTRATORS) await world.kill(name);
      await rows(`delete from export_job where id = any($1)`, orphaned);
      for (const job of orphaned) world.callers.CA.accepted.delete(job);
      const then = Date.now() / 1_000 - AGED_S;
      for (const file of await world.store.files()) {
        await utimes(join(world.exports, 'objects', file), then, then);
      }
      const before = await filesOf(orphaned);
      expect(before).toHaveLength(4);
      await world.restart('orchestrator-1', 'orchestrator.reaped').catch((error: Error) => {
        if (!error.message.includes('ended at its start')) throw error;
      });
      await world.killedItself('orchestrator-1');
      expect(await filesOf(orphaned)).toHaveLength(3);
      await world.mend();
      await until('the orphans are reaped', async () =>
        (await filesOf(orphaned)).length === 0 ? true : undefined,
      );
      expect(await filesOf([kept])).toHaveLength(2);
    },
    TEST_MS,
  );
});
