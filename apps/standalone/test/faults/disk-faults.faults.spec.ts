import { importTable } from '@sluice/engine';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SmallDisk } from './small-disk.js';
import { until } from './until.js';
import { verifyWorld } from './verify/verify-world.js';
import { World } from './world.js';

const mayMount = SmallDisk.canBeMounted();
const title = mayMount
  ? 'a full disk (R12)'
  : 'a full disk (R12; skipped: a disk cannot be mounted here, it takes root)';
const TEST_MS = 180_000;
const MIB = 1 << 20;
const WORKERS = ['worker-1', 'worker-2'] as const;

(mayMount ? describe : describe.skip)(title, () => {
  let world: World;
  let storeDisk: SmallDisk;
  const disks: SmallDisk[] = [];

  beforeAll(async () => {
    world = await World.create({ env: { SLUICE_EXPORT_MEMORY_MIB: '128' } });
    await importWide(world.folder);
    storeDisk = mount(world.exports, 24);
    for (const folder of ['objects', 'staging']) await mkdir(join(world.exports, folder), { mode: 0o700 });
    for (const name of WORKERS) mount(join(world.home(name), 'work'), 4);
  }, 300_000);
  afterAll(async () => {
    // While the services still run, so that no failure of theirs leaves a mount behind.
    for (const disk of disks) disk.unmount();
    await world.destroy();
  }, 60_000);
  afterEach(async () => {
    await storeDisk.empty();
    await world.mend();
    expect(await verifyWorld(world)).toEqual([]);
  }, 120_000);

  function mount(folder: string, mib: number): SmallDisk {
    const disk = SmallDisk.mountOver(folder, mib);
    disks.push(disk);
    return disk;
  }

  const othersGoOn = async (): Promise<void> => {
    const { TX } = world.callers;
    expect(await TX.ended(await TX.submit('small'))).toMatchObject({ state: 'Succeeded', attempt: 1 });
  };

  it(
    'of the store fails a job that does not fit after four attempts; smaller ones of others go on, and no byte stays taken',
    async () => {
      const { CA } = world.callers;
      await storeDisk.fill(MIB);
      const before = await storeDisk.free();
      const large = await CA.submit('big');
      await othersGoOn();
      const end = await CA.ended(large);
      expect(end).toMatchObject({ state: 'Failed', attempt: 4, error: { code: 'export-failed' } });
      expect(end.error?.message).toContain('full');
      expect(JSON.stringify(end.error)).not.toContain(world.folder);
      expect(await world.store.staged()).toEqual([]);
      // The small file of the other tenant, and its folders.
      expect(before - (await storeDisk.free())).toBeLessThan(MIB / 4);
      await storeDisk.empty();
      expect((await CA.ended(await CA.submit('big'))).state).toBe('Succeeded');
    },
    TEST_MS,
  );

  it(
    'of the store that has room again in time costs attempts, not the job',
    async () => {
      const { CA } = world.callers;
      await storeDisk.fill(MIB);
      const large = await CA.submit('big');
      await until('an attempt has failed', async () => {
        const { attempt, state } = await CA.job(large);
        return attempt > 1 || (attempt === 1 && state === 'Pending') ? true : undefined;
      });
      await storeDisk.empty();
      const end = await CA.ended(large);
      expect(end.state).toBe('Succeeded');
      expect(end.attempt).toBeGreaterThan(1);
    },
    TEST_MS,
  );

  it(
    'on which the engine spills fails the job that sorts more than memory holds, and nobody else’s',
    async () => {
      const { CA } = world.callers;
      const queryDefinition = { dataset: 'wide', sort: [{ column: 'text' }] };
      const body = JSON.stringify({ format: 'csv', queryDefinition });
      // The workers look for changes of the catalogue as often as query-service does, and are not asked here.
      await sleep(5_000);
      const answer = await until('the services know the new dataset', async () => {
        const told = await CA.fetch('/api/v1/exports', { method: 'POST', body });
        return told.status === 202 ? told : void (await told.body?.cancel());
      });
      const { jobId } = (await answer.json()) as { jobId: string };
      await othersGoOn();
      const end = await CA.ended(jobId, 120_000);
      expect(end).toMatchObject({ state: 'Failed', attempt: 4, error: { code: 'unavailable' } });
      expect(end.error?.message).toContain('disk');
      expect(JSON.stringify(end.error)).not.toContain('copy-');
      await othersGoOn();
      expect(world.down()).toEqual([]);
    },
    TEST_MS,
  );
});

/** 300 MiB in the order of their key, so that another order needs room. */
function importWide(folder: string): Promise<unknown> {
  return importTable({
    source: {
      sql: `select i as id, 'CA' as tenant_id, repeat(md5(i::varchar), 32) as text from range(300000) t(i)`,
      dependsOn: [],
    },
    dataDir: join(folder, 'data'),
    catalogDir: join(folder, 'catalog'),
    name: 'wide',
    tenant: 'tenant_id',
    key: ['id'],
    threads: 1,
  });
}
