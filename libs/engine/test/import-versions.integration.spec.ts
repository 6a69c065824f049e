import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImportProgress, ImportRequest } from '../src/import/import-request.js';
import { ImportFixture } from './import-fixture.js';
import { eventually } from './make-table.js';

const fixture = new ImportFixture();

describe('versions', () => {
  it('keeps the previous one and deletes those before', async () => {
    const versions: string[] = [];
    for (const id of [1, 2, 3])
      versions.push((await fixture.fromSql(`select ${id} as id, 'CA' as tenant`)).version);
    const files = (await readdir(join(fixture.home, 'data', 'sales'))).filter((name) =>
      name.endsWith('.duckdb'),
    );
    expect(files.sort()).toEqual([`${versions[1]}.duckdb`, `${versions[2]}.duckdb`]);
    expect(await fixture.current()).toEqual([['3', 'CA']]);
  });

  it('does not let two imports of one table run at once', async () => {
    const both = await Promise.allSettled([
      fixture.fromSql(`select 1 as id, 'CA' as tenant`),
      fixture.fromSql(`select 2 as id, 'CA' as tenant`),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((result) => result.status === 'rejected');
    expect((refused?.reason as Error).message).toBe('Another import of "sales" is running.');
  });
});

/** Takes many minutes on any machine, so that it can be stopped in the middle. */
const LONG_SQL = `select i as id, 'T' || (i % 50) as tenant, md5(i::varchar) as a, md5((i + 1)::varchar) as b from range(4000000000) r(i)`;

describe('an import that does not end', () => {
  it('stops long before its end when it is canceled, and tells meanwhile that it runs', async () => {
    const abort = new AbortController();
    const progress: ImportProgress[] = [];
    const running = fixture.fromSql(LONG_SQL, {
      signal: abort.signal,
      onProgress: (step) => progress.push(step),
    });
    running.catch(() => undefined); // looked at below; a failure before that must not end another test
    await eventually(() => progress.length > 2);
    const began = Date.now();
    abort.abort();
    await expect(running).rejects.toThrow('The import was canceled; what was there before is unchanged.');
    expect(Date.now() - began).toBeLessThan(30_000);
    expect(progress[0]).toEqual({ table: 'sales', stage: 'reading', percent: null });
    expect((await readdir(join(fixture.home, 'data', 'sales'))).sort()).toEqual(['import.lock']);
  });

  it('may be killed: the old version stays, the next import cleans up', async () => {
    await fixture.fromSql(`select 9 as id, 'CA' as tenant, 'x' as a, 'y' as b`);
    const folderOfTable = join(fixture.home, 'data', 'sales');
    const unfinished = async () =>
      (await readdir(folderOfTable)).filter((name) => name.includes('.importing'));
    for (const delay of [0, 150, 600]) {
      const left = await unfinished();
      const child = spawnImport(fixture.request({ sql: LONG_SQL, dependsOn: [] }));
      await eventually(async () => (await unfinished()).some((name) => !left.includes(name)));
      await sleep(delay);
      await expect(fixture.fromSql(`select 1 as id, 'CA' as tenant`)).rejects.toThrow(
        'Another import of "sales" is running.',
      );
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await unfinished()).not.toHaveLength(0);
      expect(await fixture.current()).toEqual([['9', 'CA', 'x', 'y']]);
    }
    await fixture.fromSql(`select 10 as id, 'CA' as tenant, 'x' as a, 'y' as b`);
    expect(await fixture.current()).toEqual([['10', 'CA', 'x', 'y']]);
    expect(await unfinished()).toEqual([]);
  });
});

function spawnImport(argument: ImportRequest): ChildProcess {
  const runner = join(__dirname, 'run-source.cjs');
  const module = join(__dirname, '../src/import/import-table.ts');
  return spawn(process.execPath, [runner, module, 'importTable', JSON.stringify(argument)], {
    stdio: 'inherit',
  });
}
