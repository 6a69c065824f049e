import { exportSubmit, SluiceError } from '@sluice/contracts';
import { randomUUID } from 'node:crypto';
import { body, caller, eventually, origin, OrchestratorHarness } from './orchestrator-harness.js';

const exporter = caller('ca-exporter', 'CA');

describe('submitting an export', () => {
  let harness: OrchestratorHarness;

  beforeAll(async () => {
    harness = await OrchestratorHarness.create();
    await harness.start();
  });

  afterEach(() => harness.endAll());
  afterAll(() => harness.close());

  it('takes it, wakes a worker, and records it', async () => {
    const { job, created } = await harness.submit(exporter, body('first'));
    expect(created).toBe(true);
    expect(job).toMatchObject({
      tenant: 'CA',
      state: 'Pending',
      format: 'csv',
      attempt: 0,
      queuePosition: 1,
    });
    await eventually(() => harness.woken.includes(job.jobId));
    await eventually(async () => (await harness.count('outbox')) === 0);
    expect(harness.records.at(-1)).toMatchObject({
      action: 'export.submit',
      status: 202,
      code: null,
      jobId: job.jobId,
      subject: 'ca-exporter',
      tenant: 'CA',
      dataset: 'flights',
      columns: ['a', 'b'],
      masks: ['b'],
      requestId: 'request-1',
    });
  });

  it('makes one job of 50 twins at once', async () => {
    const before = await harness.count('export_job');
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => harness.submit(exporter, body('twins'))),
    );
    expect(new Set(answers.map(({ job }) => job.jobId)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(await harness.count('export_job')).toBe(before + 1);
    const { jobId } = answers[0]!.job;
    expect(
      harness.records
        .filter((record) => record.jobId === jobId)
        .map(({ status }) => status)
        .sort(),
    ).toEqual([...Array.from({ length: 49 }, () => 200), 202]);
  });

  it('makes one job of 50 twins with one idempotency key, and of 50 with a key each', async () => {
    const sameKey = await Promise.all(
      Array.from({ length: 50 }, () => harness.submit(exporter, body('same key'), 'key-of-twins')),
    );
    expect(new Set(sameKey.map(({ job }) => job.jobId)).size).toBe(1);
    const otherKeys = await Promise.all(
      Array.from({ length: 50 }, (_, i) => harness.submit(exporter, body('other keys'), `key-${String(i)}`)),
    );
    expect(new Set(otherKeys.map(({ job }) => job.jobId)).size).toBe(1);
  });

  it('shares a job within the tenant and the view only', async () => {
    const first = await harness.submit(exporter, body('shared'));
    const again = await harness.submit(caller('ca-other', 'CA'), body('shared'));
    expect(again).toMatchObject({ created: false, job: { jobId: first.job.jobId } });
    const admin = await harness.submit(caller('ca-admin', 'CA', 'admin'), body('shared'));
    const elsewhere = await harness.submit(caller('tx-exporter', 'TX'), body('shared'));
    const options = await harness.submit(exporter, body('shared', { options: { csv: { bom: true } } }));
    harness.viewHash = 'view-2';
    const newData = await harness.submit(exporter, body('shared'));
    harness.viewHash = 'view-1';
    const ids = [first, admin, elsewhere, options, newData].map(({ job }) => job.jobId);
    expect(new Set(ids).size).toBe(5);
    // Who got the job of another may look at it.
    expect((await harness.get(caller('ca-other', 'CA'), first.job.jobId)).jobId).toBe(first.job.jobId);
  });

  it('does not count a job that failed, was canceled, or whose file is gone', async () => {
    const failed = await harness.submit(exporter, body('failed'));
    await harness.claim(failed.job.jobId);
    await harness.fail(failed.job.jobId, 1, false);
    const canceled = await harness.submit(exporter, body('canceled'));
    await harness.cancel(exporter, canceled.job.jobId);
    const done = await harness.complete(exporter, 'expired');
    expect(await harness.submit(exporter, body('expired'))).toMatchObject({ created: false });
    await harness.cancel(exporter, done.jobId);
    for (const query of ['failed', 'canceled', 'expired']) {
      expect(await harness.submit(exporter, body(query))).toMatchObject({ created: true });
    }
  });

  it('does not count a job that is older than the window', async () => {
    const { job } = await harness.submit(exporter, body('old'));
    await harness.dataSource.query(
      `update export_job set created_at = created_at - interval '61 minutes' where id = $1`,
      [job.jobId],
    );
    expect(await harness.submit(exporter, body('old'))).toMatchObject({ created: true });
  });

  it('keeps to an idempotency key, whatever became of the job', async () => {
    const { job } = await harness.submit(exporter, body('kept'), 'kept');
    await harness.cancel(exporter, job.jobId);
    expect(await harness.submit(exporter, body('kept'), 'kept')).toMatchObject({
      created: false,
      job: { jobId: job.jobId, state: 'Canceled' },
    });
    await expect(harness.submit(exporter, body('other'), 'kept')).rejects.toMatchObject({
      code: 'idempotency-mismatch',
    });
    const options = { options: { csv: { bom: true } } };
    await expect(harness.submit(exporter, body('kept', options), 'kept')).rejects.toMatchObject({
      code: 'idempotency-mismatch',
    });
    for (const other of [caller('tx-exporter', 'TX'), caller('ca-other', 'CA')]) {
      expect((await harness.submit(other, body('other'), 'kept')).job.jobId).not.toBe(job.jobId);
    }
  });

  it('keeps text that Postgres would not take as it is', async () => {
    const awkward = { query: 'nul \0, lone \ud800, quote \' and "' };
    const { job } = await harness.submit(exporter, { queryDefinition: awkward, format: 'csv' });
    expect((await harness.claim(job.jobId))?.spec.queryDefinition).toEqual(awkward);
  });

  it('refuses and records a viewer, a bad body, and a query that query-service refuses', async () => {
    const before = await harness.count('export_job');
    const refusals: [Promise<unknown>, string, number, object][] = [
      [harness.submit(caller('ca-viewer', 'CA', 'viewer'), body('x')), 'role-required', 403, {}],
      [
        harness.submit(exporter, body('x', { format: 'docx' })),
        'unsupported-format',
        400,
        { pointer: '/format' },
      ],
      [harness.submit(exporter, body('x'), ''), 'invalid-request', 400, {}],
    ];
    for (const [refusal, code, status, details] of refusals) {
      await expect(refusal).rejects.toMatchObject({ code, details });
      expect(harness.records.filter((record) => record.code === code)).toMatchObject([
        { status, jobId: null },
      ]);
    }
    harness.checkFault = new SluiceError('tenant-forbidden', 'Not yours.', {
      pointer: '/queryDefinition/filter/and/0',
    });
    await expect(harness.submit(exporter, body('x'))).rejects.toMatchObject({
      code: 'tenant-forbidden',
      details: { pointer: '/queryDefinition/filter/and/0' },
    });
    harness.checkFault = null;
    expect(harness.records.at(-1)).toMatchObject({ status: 403, code: 'tenant-forbidden' });
    expect(await harness.count('export_job')).toBe(before);
  });

  describe('whose answer was lost comes again, and', () => {
    const ask = (query: string, submissionId: string, idempotencyKey: string | null = null) =>
      harness.bus.request(exportSubmit, {
        principal: exporter,
        origin,
        body: body(query),
        idempotencyKey,
        submissionId,
      });
    /** As the trail counts them. */
    const recordsOf = (jobId: string) => [
      ...new Map(
        harness.records
          .filter((record) => record.action === 'export.submit' && record.jobId === jobId)
          .map((record) => [record.id, record]),
      ).values(),
    ];

    it('is answered and recorded as the first time, also at the same moment', async () => {
      const id = randomUUID();
      const before = await harness.count('export_job');
      const answers = await Promise.all(Array.from({ length: 10 }, () => ask('lost', id)));
      expect(answers.map(({ created }) => created)).toEqual(Array.from({ length: 10 }, () => true));
      const [{ job }] = answers as [(typeof answers)[0]];
      expect(new Set(answers.map((answer) => answer.job.jobId))).toEqual(new Set([job.jobId]));
      expect(await harness.count('export_job')).toBe(before + 1);
      expect(recordsOf(job.jobId)).toMatchObject([
        { id, status: 202, dataset: 'flights', columns: ['a', 'b'], masks: ['b'] },
      ]);
      // Another submission of the same is a twin, as ever.
      expect(await ask('lost', randomUUID())).toMatchObject({ created: false, job: { jobId: job.jobId } });
      expect(recordsOf(job.jobId).map(({ status }) => status)).toEqual([202, 200]);
    });

    it('makes no second job when the first one has ended, or the rules have changed', async () => {
      const [id, key] = [randomUUID(), 'key-of-the-lost'];
      const { job } = await ask('ended', id, key);
      await harness.cancel(exporter, job.jobId);
      harness.checkFault = new SluiceError('tenant-forbidden', 'Not any more.');
      expect(await ask('ended', id, key)).toMatchObject({
        created: true,
        job: { jobId: job.jobId, state: 'Canceled' },
      });
      harness.checkFault = null;
      expect(recordsOf(job.jobId)).toMatchObject([{ id, status: 202, columns: ['a', 'b'] }]);
    });

    it('may be taken after it was refused, and both stand in the trail', async () => {
      const id = randomUUID();
      harness.checkFault = new SluiceError('unavailable', 'Away.');
      await expect(ask('refused first', id)).rejects.toMatchObject({ code: 'unavailable' });
      harness.checkFault = null;
      const refusal = harness.records.at(-1)!;
      const { job } = await ask('refused first', id);
      expect(refusal).toMatchObject({ status: 503 });
      expect(refusal.id).not.toBe(id);
      expect(recordsOf(job.jobId)).toMatchObject([{ id, status: 202 }]);
    });
  });

  it('answers nothing that cannot be recorded', async () => {
    harness.auditFault = new SluiceError('audit-unavailable', 'The spool is full.');
    await expect(harness.submit(exporter, body('unrecorded'))).rejects.toMatchObject({
      code: 'audit-unavailable',
    });
    await expect(harness.submit(caller('v', 'CA', 'viewer'), body('x'))).rejects.toMatchObject({
      code: 'audit-unavailable',
    });
    harness.auditFault = null;
    // The job itself is found again, so that trying once more makes no second one.
    expect(await harness.submit(exporter, body('unrecorded'))).toMatchObject({ created: false });
  });
});
