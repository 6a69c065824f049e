import { exportReady } from '@sluice/contracts';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RawMessage } from '@sluice/messaging/test/sealed-message.js';
import { randomUUID } from 'node:crypto';
import { decodeFrame, encodeFrame, sealedEvent, withBus, withModel } from './bus.js';
import { mostActive, readHistory } from './job-history.js';
import { SLOW } from './under-way.js';
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

const TEST_MS = 180_000;
const ACTIVE_PER_TENANT = 10;
/** Workers that fall silent over one job until nobody tries it again. */
const POISONED = 3;
const WORKERS = ['worker-1', 'worker-2'] as const;
const PRINCIPAL = { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['exporter'] };

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
    'that ends each of its workers is set aside after three of them, and the line goes on (R14)',
    async () => {
      await world.kill('worker-2');
      const jobId = await world.callers.CA.submit('small');
      for (let attempt = 1; attempt <= POISONED; attempt++) {
        // It may meet the job, and its end, before it says that it is ready.
        await world.restart('worker-1', 'worker.claimed').catch((error: Error) => {
          if (!error.message.includes('ended at its start')) throw error;
        });
        await world.killedItself('worker-1');
      }
      const end = await world.callers.CA.ended(jobId);
      expect(end).toMatchObject({ state: 'Failed', attempt: POISONED, error: { code: 'export-set-aside' } });
      await world.mend();
      expect(await endsOf([await world.callers.CA.submit('small')])).toEqual(['Succeeded']);
    },
    TEST_MS,
  );
});

describe('a message that is none', () => {
  const poison: readonly [string, RawMessage][] = [
    ['that is sealed, and no frame', sealedEvent(exportReady, Buffer.from('{"jobId":'))],
    ['that is sealed, and names no job', sealedEvent(exportReady, { job: 1 })],
    [
      'that is sealed, and of an unknown version',
      sealedEvent({ ...exportReady, version: 9 }, { jobId: 'x' }),
    ],
    ['that nobody sealed', { content: Buffer.from('{"jobId":'), options: {} }],
  ];
  it.each(poison)(
    '%s is set aside with an alarm in the log, and jobs go on (R14)',
    async (_, { content, options }) => {
      const alarms = (): number =>
        WORKERS.reduce(
          (sum, name) => sum + world.services[name].output.split(/a message was set aside/).length - 1,
          0,
        );
      const before = alarms();
      const letter = await withModel(world, async (model) => {
        const channel = await model.createConfirmChannel();
        const queue = 'sluice.event.export.ready.export-worker';
        channel.sendToQueue(queue, content, { ...options, persistent: true });
        await channel.waitForConfirms();
        const aside = await until('the message is set aside', async () => {
          const found = await channel.get(`${queue}.dead`, { noAck: true });
          return found === false ? undefined : found;
        });
        return aside.content;
      });
      expect(Buffer.compare(letter, content)).toBe(0);
      await until('a worker says so', () => (alarms() === before + 1 ? true : undefined));
      expect(await endsOf([await world.callers.CA.submit('small')])).toEqual(['Succeeded']);
    },
    TEST_MS,
  );

  it(
    'from somebody without the secret is answered with an error and stands in the trail (S19)',
    async () => {
      const request = { principal: PRINCIPAL, origin: { requestId: 'r', address: 'a' }, jobId: randomUUID() };
      const correlationId = randomUUID();
      const answer = await withModel(world, async (model) => {
        const channel = await model.createChannel();
        const { queue: replyTo } = await channel.assertQueue('', { exclusive: true });
        channel.sendToQueue('sluice.rpc.export.get', encodeFrame(request), { replyTo, correlationId });
        return until('it is answered', async () => {
          const found = await channel.get(replyTo, { noAck: true });
          return found === false ? undefined : decodeFrame(found.content);
        });
      });
      expect(answer).toMatchObject({ code: 'message-forged' });
      const requestId = `request export.get ${correlationId}`;
      const records = await until('it stands in the trail', async () => {
        const found = await world.database.query<unknown[]>(
          'select action, code, subject, tenant from audit_record where request_id = $1',
          [requestId],
        );
        return found.length > 0 ? found : undefined;
      });
      expect(records).toEqual([{ action: 'denied', code: 'message-forged', subject: null, tenant: null }]);
    },
    TEST_MS,
  );
});

describe('thirty jobs of one tenant over two orchestrators and sixteen workers (R17)', () => {
  it(
    'run ten at a time, never eleven, and the other tenant does not wait for their end',
    async () => {
      for (const name of WORKERS) await world.restart(name, SLOW, { SLUICE_EXPORT_CONCURRENCY: '8' });
      // All are in the line before the first one can be claimed, so that whoever could take an eleventh has one to take.
      for (const name of WORKERS) world.services[name].signal('SIGSTOP');
      const jobs = await times(30, () => world.callers.CA.submit('small'));
      const other = await world.callers.TX.submit('small');
      for (const name of WORKERS) world.services[name].signal('SIGCONT');
      expect((await world.callers.TX.ended(other)).state).toBe('Succeeded');
      expect(new Set(await endsOf(jobs))).toEqual(new Set(['Succeeded']));
      const history = (await readHistory(world.database)).filter(({ job_id }) =>
        [...jobs, other].includes(job_id),
      );
      expect(mostActive(history)).toBe(ACTIVE_PER_TENANT);
      const started = history.filter(({ new_state }) => new_state === 'Running').map(({ job_id }) => job_id);
      // It came last and is not served last: a tenant with fewer running jobs goes first.
      expect(started.indexOf(other)).toBeLessThan(20);
      for (const name of WORKERS) await world.restart(name);
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
