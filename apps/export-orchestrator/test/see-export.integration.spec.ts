import { exportResolveDownload, ResolveDownload } from '@sluice/contracts';
import { body, caller, origin, OrchestratorHarness } from './orchestrator-harness.js';

const exporter = caller('ca-exporter', 'CA');
const admin = caller('ca-admin', 'CA', 'admin');

describe('a job', () => {
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

  describe('is seen', () => {
    it('by who submitted it and by admins of its tenant, and is the same 404 for all others', async () => {
      const { jobId } = await submit();
      expect((await harness.get(admin, jobId)).jobId).toBe(jobId);
      const notFound = { code: 'export-not-found', message: 'There is no such export.' };
      const strangers = [
        caller('ca-other', 'CA'),
        caller('tx-exporter', 'TX'),
        caller('tx-admin', 'TX', 'admin'),
      ];
      for (const stranger of strangers) {
        await expect(harness.get(stranger, jobId)).rejects.toMatchObject(notFound);
        await expect(harness.cancel(stranger, jobId)).rejects.toMatchObject(notFound);
      }
      for (const unknown of ['0b8b9d5c-6e4c-4c55-9a64-7d5a0f2b7c11', 'no-uuid', '']) {
        await expect(harness.get(exporter, unknown)).rejects.toMatchObject(notFound);
      }
      expect(harness.records.at(-1)).toMatchObject({
        action: 'export.read',
        status: 404,
        code: 'export-not-found',
      });
      await expect(harness.get(caller('ca-viewer', 'CA', 'viewer'), jobId)).rejects.toMatchObject({
        code: 'role-required',
      });
      expect(await state(jobId)).toBe('Pending');
    });

    it('but not canceled by who got it by submitting the same', async () => {
      const { job } = await harness.submit(exporter, body('shared'));
      const second = caller('ca-second', 'CA');
      await harness.submit(second, body('shared'));
      expect((await harness.get(second, job.jobId)).jobId).toBe(job.jobId);
      await expect(harness.cancel(second, job.jobId)).rejects.toMatchObject({ code: 'role-required' });
      expect(await harness.cancel(admin, job.jobId)).toMatchObject({ state: 'Canceled' });
    });
  });

  describe('is downloaded', () => {
    const resolve = (request: Omit<ResolveDownload, 'origin'>) =>
      harness.bus.request(exportResolveDownload, { ...request, origin });

    it('by job, tenant and content, as long as the file is kept', async () => {
      const job = await harness.complete(exporter, 'download');
      const { sha256 } = job.result!;
      const link = { jobId: job.jobId, tenant: 'CA', sha256 };
      expect(await resolve(link)).toEqual({
        key: `CA/${job.jobId}/1/flights-${job.jobId}.csv`,
        fileName: `flights-${job.jobId}.csv`,
        contentType: 'text/csv; charset=utf-8; header=present',
        bytes: 6,
      });
      expect(harness.records.at(-1)).toMatchObject({
        action: 'export.download',
        status: 200,
        subject: null,
        tenant: 'CA',
        dataset: 'flights',
        rows: 1,
        jobId: job.jobId,
      });
      await expect(resolve({ ...link, tenant: 'TX' })).rejects.toMatchObject({ code: 'export-not-found' });
      await expect(resolve({ ...link, sha256: 'x' })).rejects.toMatchObject({ code: 'link-invalid' });
      await harness.cancel(exporter, job.jobId);
      await expect(resolve(link)).rejects.toMatchObject({ code: 'link-expired' });
      expect(harness.records.at(-1)).toMatchObject({ action: 'export.download', status: 410 });
    });

    it('not before it is done', async () => {
      const { jobId } = await submit();
      await expect(resolve({ jobId, tenant: 'CA', sha256: 'x' })).rejects.toMatchObject({
        code: 'export-not-ready',
      });
    });
  });

  it('has its place in the tenant’s own line', async () => {
    const [own, other] = [caller('line', 'NV'), caller('line', 'OR')];
    const first = (await harness.submit(own, body('line 1'))).job;
    await harness.submit(other, body('line 1'));
    const second = (await harness.submit(own, body('line 2'))).job;
    expect([first.queuePosition, second.queuePosition]).toEqual([1, 2]);
    await harness.claim(first.jobId);
    expect((await harness.get(own, second.jobId)).queuePosition).toBe(1);
  });
});
