import {
  exportCancel,
  exportGet,
  exportSubmit,
  SluiceError,
  type ExportJob,
  type SubmitExport,
} from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { JOB_ID, pendingJob, succeededJob } from './sample-answers.js';

const JOB = `/api/v1/exports/${JOB_ID}`;
const BODY = '{"queryDefinition":{"dataset":"orders"},"format":"csv"}';
const json = { 'content-type': 'application/json' };

describe('export routes', () => {
  let harness: Harness;
  beforeAll(async () => (harness = await startHarness()));
  afterAll(() => harness.stop());
  beforeEach(() => {
    harness.bus.reset();
    harness.audit.records.length = 0;
  });

  it.each([
    [true, 202],
    [false, 200],
  ])('submits (created: %s) with %d, Location and the job', async (created, status) => {
    harness.bus.on(exportSubmit, () => ({ job: pendingJob, created }));
    const headers = { ...json, 'idempotency-key': 'key-1' };
    const answer = await harness.ask('/api/v1/exports', { method: 'POST', headers, body: BODY });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('location')).toBe(JOB);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('idempotent-replayed')).toBe(created ? null : 'true');
    const job = (await answer.json()) as ExportJob;
    expect(job).toMatchObject({ jobId: JOB_ID, state: 'Pending', result: null });
    expect(job).not.toHaveProperty('tenant');
    expect(harness.bus.asked[0]?.message as SubmitExport).toMatchObject({
      body: JSON.parse(BODY) as object,
      idempotencyKey: 'key-1',
      principal: { roles: ['exporter'] },
      submissionId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
    });
  });

  it.each(['a b', 'x'.repeat(256), 'é'])('refuses the idempotency key %j', async (key) => {
    const headers = { ...json, 'idempotency-key': key };
    const answer = await harness.ask('/api/v1/exports', { method: 'POST', headers, body: BODY });
    expect(answer.status).toBe(400);
    expect(harness.bus.asked).toEqual([]);
  });

  it('leaves the role to the orchestrator', async () => {
    harness.bus.on(exportSubmit, () => {
      throw new SluiceError('role-required', 'Exporting needs the role exporter.');
    });
    const answer = await harness.ask('/api/v1/exports', {
      role: 'viewer',
      method: 'POST',
      headers: json,
      body: BODY,
    });
    expect(answer.status).toBe(403);
    expect(harness.audit.records).toEqual([]);
  });

  it('answers a job with a tag, and 304 while it has not moved', async () => {
    harness.bus.on(exportGet, () => succeededJob);
    const first = await harness.ask(JOB);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"/);
    expect(first.headers.get('retry-after')).toBeNull();
    expect((await harness.ask(JOB, { headers: { 'if-none-match': `"x", ${tag}` } })).status).toBe(304);
    harness.bus.on(exportGet, () => ({ ...succeededJob, attempt: 2 }));
    expect((await harness.ask(JOB, { headers: { 'if-none-match': tag } })).status).toBe(200);
  });

  it('cancels', async () => {
    harness.bus.on(exportCancel, () => ({ ...pendingJob, state: 'Canceled' as const }));
    const answer = await harness.ask(JOB, { method: 'DELETE' });
    expect(await answer.json()).toMatchObject({ state: 'Canceled' });
  });

  it.each(['x', '1', `${JOB_ID}x`, JOB_ID.toUpperCase(), "'; drop table export_job; --"])(
    'answers the odd id %j as an unknown job, without asking',
    async (id) => {
      const answer = await harness.ask(`/api/v1/exports/${encodeURIComponent(id)}`);
      expect(await answer.json()).toMatchObject({ status: 404, code: 'export-not-found' });
      expect(harness.bus.asked).toEqual([]);
      expect(harness.audit.records).toMatchObject([{ jobId: null, clientId: 'app', tenant: 'CA' }]);
    },
  );
});
