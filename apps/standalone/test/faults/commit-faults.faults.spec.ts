import { Channel, connect } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { CommitCutter, Cut } from './commit-cutter.js';
import { until } from './until.js';
import { useWorld } from './use-world.js';
import { World } from './world.js';

let cutter: CommitCutter;
let world: World;
useWorld((made) => (world = made), {
  make: () =>
    World.create({
      via: async (server, url) => {
        if (server !== 'postgres') return url;
        cutter = await CommitCutter.before(url);
        return cutter.url;
      },
    }),
  after: () => cutter.close(),
});

const TEST_MS = 180_000;
const WHEN: readonly Cut['when'][] = ['sent', 'answered'];

const rowsOf = async <T>(sql: string, parameters: readonly unknown[]): Promise<readonly T[]> =>
  world.database.query<T[]>(sql, [...parameters]);

const isCut = (): Promise<true> =>
  until('a COMMIT is cut', () => (cutter.cuts === 1 ? (true as const) : undefined));

describe('a COMMIT of which nobody knows whether it was done (R7)', () => {
  it.each(WHEN)(
    'of a submission, lost when it is %s: the same Idempotency-Key finds or makes the one job',
    async (when) => {
      const caller = world.callers.CA;
      const wanted = caller.next('small');
      const headers = { 'idempotency-key': randomUUID() };
      cutter.cut({ statement: /insert into export_job /i, when });
      const unknown = await caller.post(wanted, headers);
      expect({ status: unknown.status, again: unknown.headers.get('retry-after') }).toEqual({
        status: 503,
        again: expect.stringMatching(/^\d+$/),
      });
      expect(cutter.cuts).toBe(1);

      const [second, third] = [await caller.post(wanted, headers), await caller.post(wanted, headers)];
      expect([second.status, third.status]).toEqual([when === 'sent' ? 202 : 200, 200]);
      const jobs = [await caller.take(wanted, second), await caller.take(wanted, third)];
      expect(new Set(jobs).size).toBe(1);
      const [{ hash } = { hash: '' }] = await rowsOf<{ hash: string }>(
        'select query_hash as hash from export_job where id = $1',
        [jobs[0]],
      );
      expect(await rowsOf('select id from export_job where query_hash = $1', [hash])).toEqual([
        { id: jobs[0] },
      ]);
      const records = await until('each answer stands in the trail', async () => {
        const found = await rowsOf<{ status: number; job: string }>(
          `select status, job_id as job from audit_record where action = 'export.submit' and query_hash = $1`,
          [hash],
        );
        return found.length === 3 ? found : undefined;
      });
      const ofJob = records.filter(({ job }) => job === jobs[0]).map(({ status }) => status);
      // Also the answer that was lost names the job, if it made it.
      expect(ofJob.sort()).toEqual(when === 'sent' ? [200, 202] : [200, 200, 503]);
      expect(await caller.ended(jobs[0] ?? '')).toMatchObject({ state: 'Succeeded', attempt: 1 });
    },
    TEST_MS,
  );

  const transactions = [
    ['a claim', /set state = 'Running'/],
    ['a success', /set state = 'Succeeded'/],
    ['the relay', /delete from outbox/],
  ] as const;
  it.each(transactions.flatMap(([what, statement]) => WHEN.map((when) => [what, when, statement] as const)))(
    'of %s, lost when it is %s: the job succeeds, and its file is there',
    async (_, when, statement) => {
      const caller = world.callers.CA;
      cutter.cut({ statement, when });
      const jobId = await caller.submit('small');
      await isCut();
      expect((await caller.ended(jobId)).state).toBe('Succeeded');
      expect(world.down()).toEqual([]);
    },
    TEST_MS,
  );

  it.each(WHEN)(
    'of a cancel, lost when it is %s: asked again, it is done',
    async (when) => {
      const caller = world.callers.CA;
      const jobId = await caller.submit();
      cutter.cut({ statement: /update export_job\s+set state = \$2/, when });
      const first = await caller.cancel(jobId);
      await first.body?.cancel();
      const again = await caller.cancel(jobId);
      await again.body?.cancel();
      // It may have succeeded before, and then there was nothing to cut.
      expect([first.status, again.status]).toEqual(cutter.cuts === 1 ? [503, 200] : [200, 200]);
      expect(['Canceled', 'Succeeded']).toContain((await caller.ended(jobId)).state);
    },
    TEST_MS,
  );
});

async function withChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
  const model = await connect(world.servers.urls.rabbitmq);
  try {
    const channel = await model.createChannel();
    // It tells the same as the call that failed.
    channel.on('error', () => undefined);
    return await work(channel);
  } finally {
    await model.close();
  }
}

/** Deletes a queue under those who publish to it and take from it, as a slip of an operator does. */
const deleteQueue = (name: string): Promise<unknown> => withChannel((channel) => channel.deleteQueue(name));

/** Zero also for a queue that is not there. */
const consumersOf = (name: string): Promise<number> =>
  withChannel((channel) =>
    channel.checkQueue(name).then(
      ({ consumerCount }) => consumerCount,
      () => 0,
    ),
  );

describe('a queue that is deleted while jobs run (R5)', () => {
  it.each(['sluice.event.export.ready.export-worker', 'sluice.event.export.finished.export-orchestrator'])(
    '%s: what was in it is done all the same, and nobody has to be restarted',
    async (queue) => {
      const caller = world.callers.CA;
      const before = await Promise.all(Array.from({ length: 6 }, () => caller.submit()));
      await deleteQueue(queue);
      // Its consumers drop their connections: a submission on its way just then would be asked twice.
      await until('both consumers are back', async () =>
        (await consumersOf(queue)) === 2 ? true : undefined,
      );
      const after = await caller.submit('small');
      const ends = await Promise.all([...before, after].map((job) => caller.ended(job, 90_000)));
      expect(ends.map(({ state }) => state)).toEqual(ends.map(() => 'Succeeded'));
      expect(world.down()).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'and that nobody makes anew: what is published is kept until somebody does',
    async () => {
      const caller = world.callers.CA;
      for (const name of ['worker-1', 'worker-2'] as const) {
        world.services[name].signal('SIGTERM');
        await world.services[name].ended();
      }
      await deleteQueue('sluice.event.export.ready.export-worker');
      const jobId = await caller.submit('small');
      await until('the broker gives the message back', () =>
        /No queue takes/.test(
          world.services['orchestrator-1'].output + world.services['orchestrator-2'].output,
        )
          ? true
          : undefined,
      );
      expect(await rowsOf(`select 1 as kept from outbox where message ->> 'jobId' = $1`, [jobId])).toEqual([
        { kept: 1 },
      ]);
      await world.mend();
      expect(await caller.ended(jobId)).toMatchObject({ state: 'Succeeded', attempt: 1 });
    },
    TEST_MS,
  );
});
