import { exportKey } from '@sluice/object-store';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AcceptedJob } from './caller.js';
import { FileChecks } from './verify/check-files.js';
import { verifyWorld } from './verify/verify-world.js';
import { Violation } from './verify/violation.js';
import { canaryOf } from './world-data.js';
import { World } from './world.js';

/** Shorter than what a healthy world needs to come to rest after a fault: here nothing is on its way. */
const SETTLE_MS = 1_500;

let world: World;
let jobId: string;
let file: string;

beforeAll(async () => {
  world = await World.create();
  jobId = await world.callers.CA.submit('small');
  await world.callers.CA.ended(jobId);
  const [{ name }] = await world.database.query<[{ name: string }]>(
    'select file_name as name from export_job where id = $1',
    [jobId],
  );
  file = join(world.exports, 'objects', exportKey({ tenant: 'CA', jobId, attempt: 1, name }));
}, 180_000);
afterAll(() => world.destroy(), 60_000);

/** What is found while something is planted; the world is whole again afterwards, and found to be. */
async function foundWith(plant: () => Promise<() => Promise<unknown>>): Promise<readonly Violation[]> {
  const undo = await plant();
  const found = await verifyWorld(world, SETTLE_MS).finally(undo);
  expect(await verifyWorld(world)).toEqual([]);
  return found;
}

const query = (sql: string, parameters: unknown[] = []): Promise<unknown> =>
  world.database.query(sql, parameters);

async function changedJob(set: string, back: string): Promise<readonly Violation[]> {
  return foundWith(async () => {
    // The history would tell of a change that is forbidden, and that is another test's.
    await query('alter table export_job disable trigger fault_history');
    await query(`update export_job set ${set} where id = $1`, [jobId]);
    return async () => {
      await query(`update export_job set ${back} where id = $1`, [jobId]);
      await query('alter table export_job enable trigger fault_history');
    };
  });
}

/** A row of the history that no change has made. */
function plantedHistory(values: string): Promise<readonly Violation[]> {
  return foundWith(async () => {
    await query(
      `insert into fault_history (job_id, tenant, old_state, new_state, old_attempt, attempt, at, run_after)
        values ($1, 'CA', ${values})`,
      [jobId],
    );
    return () => query('delete from fault_history where seq = (select max(seq) from fault_history)');
  });
}

/** Records stay: the trail is only let go of by who owns the table. */
async function withRecord(sql: string): Promise<readonly Violation[]> {
  return foundWith(async () => {
    await query(sql, [jobId]);
    return async () => {
      await query('alter table audit_record disable trigger user');
      await query(`delete from audit_record where request_id = 'planted'`);
      await query('alter table audit_record enable trigger user');
    };
  });
}

function recordCopy(action: string, status = 'status'): string {
  return `insert into audit_record (id, at, action, subject, client_id, tenant, columns, masks, status, duration_ms, request_id, job_id)
    select gen_random_uuid(), at, action, subject, client_id, tenant, columns, masks, ${status}, duration_ms, 'planted', job_id
    from audit_record where job_id = $1 and action = '${action}'`;
}

describe('verifyWorld', () => {
  it('finds nothing wrong with a world that is left alone', async () => {
    expect(await verifyWorld(world)).toEqual([]);
    expect(world.active.looks).toBeGreaterThan(0);
  }, 90_000);

  it.each([
    ['a byte of a file is lost', 'I2', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['a bit of a file is turned', 'I2', (bytes: Buffer) => flipped(bytes)],
  ])(
    'notices that %s',
    async (_, invariant, spoil) => {
      const found = await foundWith(async () => {
        const whole = await readFile(file);
        await writeFile(file, spoil(whole));
        return () => writeFile(file, whole);
      });
      expect(found).toMatchObject([{ invariant }]);
    },
    90_000,
  );

  it('notices a file without its manifest, and an attempt that is left in the store', async () => {
    const manifest = `${file}.manifest.json`;
    const stray = join(world.exports, 'objects/CA', randomUUID(), '1');
    const found = await foundWith(async () => {
      const whole = await readFile(manifest);
      await rm(manifest);
      await mkdir(stray, { recursive: true });
      await writeFile(join(stray, 'big.csv'), whole);
      return async () => {
        await writeFile(manifest, whole);
        await rm(join(stray, '..'), { recursive: true });
      };
    });
    expect(found.map(({ invariant }) => invariant).sort()).toEqual(['I2', 'I3']);
  }, 90_000);

  it('notices other rows than those that were asked for, and those of another tenant', async () => {
    const caller = world.callers.CA;
    const job = caller.accepted.get(jobId)!;
    const wanted = async (change: Partial<AcceptedJob>): Promise<readonly Violation[]> => {
      caller.accepted.set(jobId, { ...job, ...change });
      const found = await new FileChecks().check(world);
      caller.accepted.set(jobId, job);
      return found;
    };
    expect(await wanted({ fromId: 2 })).toMatchObject([{ invariant: 'I2' }]);
    expect(await wanted({ tenant: 'TX' })).toEqual(
      expect.arrayContaining([expect.objectContaining({ invariant: 'I9' })]),
    );
  }, 90_000);

  it('notices a job that never ends, one that is lost, and one that ended twice', async () => {
    const caller = world.callers.CA;
    const lost = randomUUID();
    const found = await foundWith(async () => {
      caller.accepted.set(lost, { ...caller.accepted.get(jobId)!, jobId: lost });
      const job = caller.job.bind(caller);
      jest.spyOn(caller, 'job').mockImplementation((id) => job(id === lost ? jobId : id));
      return async () => {
        caller.accepted.delete(lost);
        jest.restoreAllMocks();
      };
    });
    expect(found).toContainEqual({ invariant: 'I1', what: `job ${lost} is lost` });
    expect(found).toContainEqual(expect.objectContaining({ invariant: 'I2' }));
    expect(
      await plantedHistory(`'Running', 'Succeeded', 1, 1, clock_timestamp(), clock_timestamp()`),
    ).toMatchObject([{ invariant: 'I1' }]);
  }, 90_000);

  it('notices a change that is not allowed, an attempt too many, and a pause that is none', async () => {
    expect(
      await plantedHistory(`'Succeeded', 'Running', 1, 2, clock_timestamp(), clock_timestamp()`),
    ).toMatchObject([{ invariant: 'I4' }]);
    expect(
      await plantedHistory(`'Running', 'Pending', 1, 1, clock_timestamp(), clock_timestamp()`),
    ).toMatchObject([{ invariant: 'I7' }]);
    expect(await changedJob('attempt = 5, losses = 4', 'attempt = 1, losses = 0')).toMatchObject([
      { invariant: 'I7' },
    ]);
  }, 120_000);

  it('notices a submission that is recorded twice, not at all, a run that never was, and one that has no record', async () => {
    expect(await withRecord(recordCopy('export.submit'))).toMatchObject([{ invariant: 'I5' }]);
    expect(await withRecord(recordCopy('export.submit', '200'))).toMatchObject([{ invariant: 'I5' }]);
    expect(await withRecord(recordCopy('export.run'))).toMatchObject([{ invariant: 'I5' }]);
    expect(await changedJob('attempt = 2', 'attempt = 1')).toMatchObject([{ invariant: 'I5' }]);
    // Of an attempt whose worker was killed there need be none.
    expect(await changedJob('attempt = 2, losses = 1', 'attempt = 1, losses = 0')).toEqual([]);
    const { answers } = world.callers.CA.accepted.get(jobId)!;
    const found = await foundWith(async () => {
      world.callers.CA.accepted.get(jobId)!.answers = { ...answers, found: 1 };
      return async () => void (world.callers.CA.accepted.get(jobId)!.answers = answers);
    });
    expect(found).toMatchObject([{ invariant: 'I5' }]);
  }, 120_000);

  it('notices too many active jobs, were it for a moment only', async () => {
    const found = await foundWith(async () => {
      await query(
        `insert into fault_history (job_id, tenant, old_state, new_state, old_attempt, attempt, at, run_after)
          select gen_random_uuid(), 'many', 'Pending', 'Running', 0, 1, clock_timestamp(), clock_timestamp()
            from generate_series(1, 11)`,
      );
      return () => query(`delete from fault_history where tenant = 'many'`);
    });
    expect(found).toEqual([{ invariant: 'I6', what: '11 active jobs of one tenant' }]);
  }, 60_000);

  it('notices what is still staged, in a work folder, in the outbox and under a lock', async () => {
    const staged = join(world.exports, 'staging', randomUUID());
    const folder = join(world.home('worker-2'), 'work/copy-planted');
    const runner = world.database.createQueryRunner();
    const found = await foundWith(async () => {
      await writeFile(staged, 'x');
      await mkdir(folder);
      await query(
        `insert into outbox (event, message, publish_after) values ('export.none', '{}', 'infinity')`,
      );
      await runner.query('select pg_advisory_lock(1)');
      return async () => {
        await rm(staged, { force: true });
        await rm(folder, { recursive: true });
        await query(`delete from outbox where event = 'export.none'`);
        await runner.query('select pg_advisory_unlock(1)');
        await runner.release();
      };
    });
    expect(
      found.map(({ invariant, what }) => `${invariant} ${what.replace(/[0-9a-f-]{36}/, 'it')}`).sort(),
    ).toEqual([
      'I8 1 left in the database: locks',
      'I8 1 left in the database: outbox',
      'I8 it is still staged',
      'I8 worker-2 left copy-planted in its work folder',
    ]);
    expect(await readdir(join(world.exports, 'staging'))).toEqual([]);
  }, 90_000);

  it('notices values of rows in the trail', async () => {
    const record = recordCopy('query').replace(
      /select gen_random_uuid\(\).*/s,
      `select gen_random_uuid(), clock_timestamp(), 'query', '${canaryOf('TX')}', null, 'CA', '{}'::text[], '{}'::text[], 200, 1, 'planted', null where $1 <> ''`,
    );
    expect(await withRecord(record)).toMatchObject([{ invariant: 'I9' }]);
  }, 90_000);
});

function flipped(bytes: Buffer): Buffer {
  const spoilt = Buffer.from(bytes);
  const at = Math.floor(spoilt.length / 2);
  spoilt[at] = spoilt[at]! ^ 1;
  return spoilt;
}
