import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './until.js';
import { useWorld } from './use-world.js';
import { World } from './world.js';

let world: World;
useWorld((made) => (world = made));

/** Older than an attempt of six hours, its leases and the margin of one hour. */
const AGED_S = 8 * 3_600;

async function filesIn(folder: 'staging' | 'objects'): Promise<readonly string[]> {
  const root = join(world.exports, folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function age(files: readonly string[]): Promise<void> {
  const then = Date.now() / 1_000 - AGED_S;
  for (const file of files) await utimes(file, then, then);
}

const gone = (folder: 'staging' | 'objects', files: readonly string[]): Promise<true> =>
  until(
    `${files.length} files of ${folder} are reaped`,
    async () => {
      const left = await filesIn(folder);
      return files.some((file) => left.includes(file)) ? undefined : true;
    },
    30_000,
  );

describe('the reaper, with two orchestrators', () => {
  it('removes what a killed worker had staged, once it is old enough and not before (I3, I8)', async () => {
    await world.kill('worker-2');
    await world.restart('worker-1', 'worker.file-staged');
    const job = await world.callers.CA.submit();
    await world.killedItself('worker-1');
    const staged = await filesIn('staging');
    expect(staged).not.toEqual([]);
    await world.mend();
    expect((await world.callers.CA.ended(job)).state).toBe('Succeeded');
    expect(await filesIn('staging')).toEqual(staged);
    await age(staged);
    await gone('staging', staged);
  }, 180_000);

  it('removes a file that can be seen and that no job has, and keeps the files of jobs (I3)', async () => {
    const [kept, erased] = [await world.callers.CA.submit('small'), await world.callers.CA.submit('small')];
    for (const job of [kept, erased]) expect((await world.callers.CA.ended(job)).state).toBe('Succeeded');
    const orphans = (await filesIn('objects')).filter((file) => file.includes(erased));
    expect(orphans).toHaveLength(2);
    await world.database.query('delete from export_job where id = $1', [erased]);
    world.callers.CA.accepted.delete(erased);
    await age(await filesIn('objects'));
    await gone('objects', orphans);
    expect((await filesIn('objects')).filter((file) => file.includes(kept))).toHaveLength(2);
  }, 180_000);
});
