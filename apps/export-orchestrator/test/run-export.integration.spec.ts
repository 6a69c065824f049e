import { body, caller, eventually, origin, OrchestratorHarness } from './orchestrator-harness.js';

const exporter = caller('ca-exporter', 'CA');
const LEASE_MS = 600_000;

describe('a job, from claim to file', () => {
  let harness: OrchestratorHarness;
  let queries = 0;

  beforeAll(async () => {
    harness = await OrchestratorHarness.create();
    await harness.start();
  });

  afterEach(() => harness.endAll());
  afterAll(() => harness.close());

  const submit = async () => (await harness.submit(exporter, body(`query ${String(++queries)}`))).job;
  const state = async (jobId: string) => (await harness.get(exporter, jobId)).state;
  const setLeaseLeft = (jobId: string, ms: number) =>
    harness.dataSource.query(
      `update export_job set lease_expires_at = clock_timestamp() + $2 * interval '1 ms' where id = $1`,
      [jobId, ms],
    );
  const leaseLeft = async (jobId: string): Promise<number> => {
    const [{ left }] = await harness.dataSource.query<[{ left: number }]>(
      `select (extract(epoch from lease_expires_at - clock_timestamp()) * 1000)::float8 as left
        from export_job where id = $1`,
      [jobId],
    );
    return left;
  };

  it('is given to one of many workers that ask at once', async () => {
    const { jobId } = await submit();
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, i) => harness.claim(jobId, `worker-${String(i)}`)),
    );
    const won = claims.filter((claim) => claim !== null);
    expect(won).toEqual([
      {
        jobId,
        attempt: 1,
        principal: exporter,
        spec: expect.objectContaining({ format: 'csv' }),
        origin,
        leaseMs: LEASE_MS,
      },
    ]);
  });

  it('is another than the message spoke of, when that is gone', async () => {
    expect(await harness.claim('0b8b9d5c-6e4c-4c55-9a64-7d5a0f2b7c11')).toBeNull();
    const { jobId } = await submit();
    expect(await harness.claim("x' or true --")).toMatchObject({ jobId, attempt: 1 });
    expect(await harness.renew('no-uuid', 1)).toBe(false);
  });

  it('tells progress while it runs, and its file when it is done', async () => {
    const job = await submit();
    await harness.claim(job.jobId);
    expect(await harness.renew(job.jobId, 1, 42)).toBe(true);
    expect(await harness.get(exporter, job.jobId)).toMatchObject({
      state: 'Running',
      queuePosition: null,
      progress: { percent: 42, rowsDone: 42, rowsExpected: 100 },
    });
    const finished = await harness.publishFile(job, 1);
    await harness.finish(finished);
    await harness.finish(finished);
    const done = await harness.get(exporter, job.jobId);
    expect(done).toMatchObject({
      state: 'Succeeded',
      attempt: 1,
      progress: { percent: 100, rowsDone: 1 },
      result: { rows: 1, bytes: 6, manifest: { jobId: job.jobId, signature: 'signature' } },
    });
    const kept = Date.parse(done.result!.fileExpiresAt) - Date.parse(done.finishedAt!);
    expect(Math.round(kept / 86_400_000)).toBe(30);
    expect(await harness.hasFile(job, 1)).toBe(true);
    expect(await harness.claim(job.jobId)).toBeNull();
  });

  it('is taken over when its worker vanished, and the stale worker loses', async () => {
    const job = await submit();
    await harness.claim(job.jobId);
    await harness.loseLease(job.jobId);
    await eventually(async () => (await state(job.jobId)) === 'Pending');
    await eventually(async () => (await harness.claim(job.jobId, 'worker-2')) !== null);
    expect(await harness.renew(job.jobId, 1)).toBe(false);
    await harness.finish(await harness.publishFile(job, 1));
    expect(await harness.hasFile(job, 1)).toBe(false);
    expect(await state(job.jobId)).toBe('Running');
    await harness.fail(job.jobId, 1, false);
    expect(await state(job.jobId)).toBe('Running');
    await harness.finish(await harness.publishFile(job, 2, 'a\r\n2\r\n'));
    expect(await harness.get(exporter, job.jobId)).toMatchObject({ state: 'Succeeded', attempt: 2 });
    expect(await harness.hasFile(job, 2)).toBe(true);
    // Told once more by the stale one, it still harms nobody.
    await harness.finish(await harness.publishFile(job, 1));
    expect([await harness.hasFile(job, 1), await harness.hasFile(job, 2)]).toEqual([false, true]);
  });

  it('keeps its lease as long as it is renewed', async () => {
    const { jobId } = await submit();
    await harness.claim(jobId);
    for (let i = 0; i < 4; i++) {
      await setLeaseLeft(jobId, LEASE_MS / 10);
      expect(await harness.renew(jobId, 1)).toBe(true);
      expect(await leaseLeft(jobId)).toBeGreaterThan(LEASE_MS / 2);
    }
    expect(await state(jobId)).toBe('Running');
  });

  it('removes what an earlier attempt published but never told of', async () => {
    const job = await submit();
    await harness.claim(job.jobId);
    await harness.publishFile(job, 1);
    await harness.loseLease(job.jobId);
    await eventually(async () => (await harness.claim(job.jobId, 'worker-2')) !== null);
    await harness.finish(await harness.publishFile(job, 2));
    await harness.tidyNow(job.jobId);
    await eventually(async () => !(await harness.hasFile(job, 1)));
    expect(await harness.hasFile(job, 2)).toBe(true);
  });

  it('is retried three times after transient faults, with pauses, and then fails', async () => {
    const job = await submit();
    const starts: number[] = [];
    for (let attempt = 1; attempt <= 4; attempt++) {
      await eventually(async () => (await harness.claim(job.jobId))?.attempt === attempt);
      starts.push(Date.now());
      await harness.fail(job.jobId, attempt, true);
      if (attempt < 4)
        expect(await harness.get(exporter, job.jobId)).toMatchObject({ state: 'Pending', error: null });
    }
    const pauses = starts.slice(1).map((at, i) => at - starts[i]!);
    pauses.forEach((pause, i) => expect(pause).toBeGreaterThanOrEqual(50 * 2 ** i));
    expect(await harness.get(exporter, job.jobId)).toMatchObject({
      state: 'Failed',
      attempt: 4,
      error: { code: 'overloaded', message: 'The engine is busy.' },
      result: null,
    });
    expect(await harness.claim(job.jobId)).toBeNull();
    // Woken once for the submission and once for each retry.
    await eventually(() => harness.woken.filter((id) => id === job.jobId).length >= 4);
  });

  it('fails at once after a permanent fault', async () => {
    const { jobId } = await submit();
    await harness.claim(jobId);
    await harness.fail(jobId, 1, false);
    expect(await state(jobId)).toBe('Failed');
  });

  it('is set aside when each of its workers vanishes', async () => {
    const { jobId } = await submit();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await eventually(async () => (await harness.claim(jobId)) !== null);
      await harness.loseLease(jobId);
    }
    await eventually(async () => (await state(jobId)) === 'Failed');
    expect(await harness.get(exporter, jobId)).toMatchObject({
      attempt: 3,
      error: { code: 'export-set-aside' },
    });
    expect(await harness.claim(jobId)).toBeNull();
  });

  it('is canceled while it waits and while it runs, and its file never stays', async () => {
    const waiting = await submit();
    expect(await harness.cancel(exporter, waiting.jobId)).toMatchObject({ state: 'Canceled', attempt: 0 });
    expect(await harness.claim(waiting.jobId)).toBeNull();

    const running = await submit();
    await harness.claim(running.jobId);
    expect(await harness.cancel(exporter, running.jobId)).toMatchObject({ state: 'Canceled' });
    expect(await harness.renew(running.jobId, 1)).toBe(false);
    await harness.finish(await harness.publishFile(running, 1));
    expect(await harness.get(exporter, running.jobId)).toMatchObject({ state: 'Canceled', result: null });
    expect(await harness.hasFile(running, 1)).toBe(false);
    expect(await harness.cancel(exporter, running.jobId)).toMatchObject({ state: 'Canceled' });
  });

  it('has exactly one outcome when cancel and success race', async () => {
    for (let i = 0; i < 20; i++) {
      const job = await submit();
      await harness.claim(job.jobId);
      const finished = await harness.publishFile(job, 1);
      await Promise.all([harness.finish(finished), harness.cancel(exporter, job.jobId)]);
      const after = await harness.get(exporter, job.jobId);
      expect(['Succeeded', 'Canceled']).toContain(after.state);
      // Cancel after success deletes the file, so in both orders none stays.
      await eventually(async () => !(await harness.hasFile(job, 1)));
    }
  });

  it('loses its file by deletion, and stays listed', async () => {
    const job = await harness.complete(exporter, 'deleted');
    const after = await harness.cancel(exporter, job.jobId);
    expect(after).toMatchObject({ state: 'Succeeded', result: { rows: 1 } });
    expect(Date.parse(after.result!.fileExpiresAt)).toBeLessThanOrEqual(Date.now());
    await eventually(async () => !(await harness.hasFile(job, 1)));
  });

  it('loses its file when its time is over', async () => {
    const job = await harness.complete(exporter, 'retention');
    await harness.dataSource.query(
      `update export_job set file_expires_at = clock_timestamp(), tidy_at = clock_timestamp() where id = $1`,
      [job.jobId],
    );
    await eventually(async () => !(await harness.hasFile(job, 1)));
    expect(await state(job.jobId)).toBe('Succeeded');
  });

  it('does not believe a message about a file that the attempt cannot have written', async () => {
    const [job, other] = [await submit(), await submit()];
    await harness.claim(job.jobId);
    const genuine = await harness.publishFile(job, 1);
    const foreign = await harness.publishFile(other, 1);
    await expect(harness.finish({ ...genuine, outcome: foreign.outcome })).rejects.toThrow();
    await expect(harness.finish({ ...genuine, attempt: 0 })).rejects.toThrow();
    await expect(harness.finish({ ...genuine, jobId: 'no-uuid' })).rejects.toThrow();
    await expect(harness.finish({ ...genuine, outcome: null as never })).rejects.toThrow();
    expect(await state(job.jobId)).toBe('Running');
    expect(await harness.hasFile(other, 1)).toBe(true);
  });
});
