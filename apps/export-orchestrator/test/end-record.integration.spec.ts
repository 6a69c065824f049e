import { ExportJob } from '@sluice/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { body, caller, eventually, OrchestratorHarness } from './orchestrator-harness.js';

const exporter = caller('ca-exporter', 'CA');

/** Whoever ends a job, its end stands in the trail, once. Two orchestrators, so that both may try. */
describe('the record of a job that ended', () => {
  let harness: OrchestratorHarness;
  let queries = 0;

  beforeAll(async () => {
    harness = await OrchestratorHarness.create();
    await harness.start();
    await harness.start({}, false);
  });

  afterEach(() => harness.endAll());
  afterAll(() => harness.close());

  const submit = async (): Promise<ExportJob> =>
    (await harness.submit(exporter, body(`query ${String(++queries)}`))).job;
  const ended = async ({ jobId }: ExportJob, state: ExportJob['state']): Promise<void> => {
    await eventually(async () => (await harness.get(exporter, jobId)).state === state);
    // Long enough for whoever would end it once more.
    await sleep(300);
  };
  const claimed = ({ jobId }: ExportJob, attempt: number): Promise<void> =>
    eventually(async () => (await harness.claim(jobId))?.attempt === attempt);
  /** Claims it, and never says another word, as a worker that was killed. */
  const loseWorkers = async (job: ExportJob, attempts: number): Promise<void> => {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      await claimed(job, attempt);
      await harness.loseLease(job.jobId);
    }
  };

  it('tells of a job whose workers all fell silent', async () => {
    const job = await submit();
    await loseWorkers(job, 3);
    await ended(job, 'Failed');
    expect(await harness.endsOf(job.jobId)).toMatchObject([
      {
        action: 'export.end',
        status: 500,
        code: 'export-set-aside',
        subject: 'ca-exporter',
        clientId: 'ca-exporter',
        tenant: 'CA',
        dataset: 'flights',
        columns: ['a', 'b'],
        masks: ['b'],
        rows: null,
        requestId: 'request-1',
        address: '127.0.0.1',
      },
    ]);
  });

  it('tells of a job whose attempts were used up by faults and a lost lease', async () => {
    const job = await submit();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await claimed(job, attempt);
      await harness.fail(job.jobId, attempt, true);
    }
    await claimed(job, 4);
    await harness.loseLease(job.jobId);
    await ended(job, 'Failed');
    expect(await harness.endsOf(job.jobId)).toMatchObject([{ status: 500, code: 'export-failed' }]);
  });

  it('tells of a job that was canceled while its worker was dead, however often it is canceled', async () => {
    const job = await submit();
    await loseWorkers(job, 1);
    const cancel = () => harness.cancel(exporter, job.jobId);
    await Promise.all([cancel(), cancel(), cancel()]);
    await ended(job, 'Canceled');
    expect(await harness.endsOf(job.jobId)).toMatchObject([{ status: 499, code: 'query-canceled' }]);
  });

  it('tells of a job that was canceled before any worker came', async () => {
    const job = await submit();
    await harness.cancel(exporter, job.jobId);
    expect(await harness.endsOf(job.jobId)).toMatchObject([{ status: 499, code: 'query-canceled' }]);
  });

  it('tells of a permanent fault, and of a success that is told twice', async () => {
    const [failed, done] = [await submit(), await submit()];
    await harness.claim(failed.jobId);
    await harness.fail(failed.jobId, 1, false);
    await harness.fail(failed.jobId, 1, false);
    expect(await harness.endsOf(failed.jobId)).toMatchObject([{ status: 503, code: 'overloaded' }]);
    await harness.claim(done.jobId);
    const finished = await harness.publishFile(done, 1);
    await Promise.all([harness.finish(finished), harness.finish(finished)]);
    expect(await harness.endsOf(done.jobId)).toMatchObject([{ status: 200, code: null, rows: 1 }]);
  });

  it('tells of one end when cancel and success race', async () => {
    const jobs = [];
    for (let i = 0; i < 10; i++) {
      const job = await submit();
      jobs.push(job);
      await harness.claim(job.jobId);
      const finished = await harness.publishFile(job, 1);
      await Promise.all([harness.finish(finished), harness.cancel(exporter, job.jobId)]);
    }
    for (const { jobId } of jobs) {
      const { state } = await harness.get(exporter, jobId);
      const status = state === 'Succeeded' ? 200 : 499;
      expect(await harness.endsOf(jobId)).toMatchObject([{ status }]);
    }
  });
});

it('is kept for the trail while the trail is away, and holds up no other job', async () => {
  const harness = await OrchestratorHarness.create();
  await harness.start();
  harness.trailIsAway = true;
  const { job } = await harness.submit(exporter, body('ends unrecorded'));
  await harness.cancel(exporter, job.jobId);
  const next = (await harness.submit(exporter, body('comes after'))).job;
  await eventually(() => harness.woken.includes(next.jobId));
  expect(harness.ends.size).toBe(0);
  harness.trailIsAway = false;
  expect(await harness.endsOf(job.jobId)).toHaveLength(1);
  await harness.close();
});
