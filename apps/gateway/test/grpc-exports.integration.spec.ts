import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import {
  exportCancel,
  exportGet,
  exportList,
  exportSubmit,
  SluiceError,
  type ExportJob,
  type JobRequest,
  type ListExports,
  type SubmitExport,
} from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { GrpcClient, readAll } from './grpc-client.js';
import { JOB_ID, pendingJob, SHA256, succeededJob } from './sample-answers.js';
import { until } from './until.js';

jest.setTimeout(120_000);

const grpc = { host: '127.0.0.1', port: 0, tls: null };
const runningJob: ExportJob = { ...pendingJob, state: 'Running', queuePosition: null };

interface JobMessage {
  readonly state: string;
  readonly version: string;
  readonly result: { readonly downloadUrl?: string; readonly manifest: Buffer } | null;
}

describe('exports over gRPC', () => {
  let harness: Harness;
  let client: GrpcClient;
  let token: string;

  beforeAll(async () => {
    harness = await startHarness({ config: { grpc } });
    client = new GrpcClient(`127.0.0.1:${String(harness.gateway.grpcPort)}`);
    token = await harness.issuer.token({ roles: ['exporter'] });
  });
  afterAll(async () => {
    client.close();
    await harness.stop();
  });
  beforeEach(() => {
    harness.bus.reset();
    harness.audit.records.length = 0;
  });

  const call = <T>(method: string, request: object) =>
    client.ask<T>(`ExportService/${method}`, request as never, { token });

  it('submits what HTTP would, and tells whether the job is new', async () => {
    const asked: SubmitExport[] = [];
    harness.bus.on(exportSubmit, (message) => {
      asked.push(message);
      return { job: pendingJob, created: asked.length === 1 };
    });
    const definition = Buffer.from('{"format":"csv","queryDefinition":{"dataset":"orders"}}');
    const first = await call('Submit', { definition, idempotencyKey: 'k-1' });
    expect(first.reply).toMatchObject({
      created: true,
      job: { jobId: JOB_ID, state: 'EXPORT_STATE_PENDING', queuePosition: 1, expired: false },
    });
    const http = await harness.ask('/api/v1/exports', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': 'k-1',
        authorization: `Bearer ${token}`,
      },
      body: definition,
    });
    expect(http.status).toBe(200);
    const [overGrpc, overHttp] = asked;
    const own = { origin: expect.anything() as unknown, submissionId: expect.any(String) as unknown };
    expect(overGrpc).toEqual({ ...overHttp, ...own });
    const badKey = await call('Submit', { definition, idempotencyKey: 'größe' });
    expect(badKey).toMatchObject({
      code: status.INVALID_ARGUMENT,
      trailers: { 'sluice-code': 'invalid-request' },
    });
    expect((await call('Submit', {})).code).toBe(status.INVALID_ARGUMENT);
    expect(asked).toHaveLength(2);
  });

  it('gives a job with its signed link, and cancels it', async () => {
    harness.bus.on(exportGet, () => succeededJob);
    harness.bus.on(exportCancel, () => ({ ...pendingJob, state: 'Canceled' }));
    const { reply } = await call<JobMessage>('Get', { jobId: JOB_ID });
    expect(reply).toMatchObject({
      state: 'EXPORT_STATE_SUCCEEDED',
      progress: { percent: 100, rowsDone: 2, rowsExpected: 2 },
      result: { rows: 2, bytes: 10, sha256: SHA256 },
      error: null,
    });
    expect(JSON.parse(reply!.result!.manifest.toString())).toEqual(succeededJob.result?.manifest);
    const link = new URL(reply!.result!.downloadUrl!);
    expect(link.href).toMatch(/^http:\/\/sluice\.test\/api\/v1\/exports\//);
    expect((await call<JobMessage>('Cancel', { jobId: JOB_ID })).reply?.state).toBe('EXPORT_STATE_CANCELED');
  });

  it('refuses what is no job like a job that is not there, and records that with its id only if it is one', async () => {
    harness.bus.on(exportGet, () => {
      throw new SluiceError('export-not-found', 'There is no such export.');
    });
    for (const jobId of ['', '../etc', JOB_ID]) {
      for (const method of ['Get', 'Follow']) {
        const { end } = await readAll(client.stream(`ExportService/${method}`, { jobId }, { token }));
        expect(end).toMatchObject({
          code: status.NOT_FOUND,
          trailers: { 'sluice-code': 'export-not-found' },
        });
      }
    }
    // The orchestrator keeps the records of what it is asked.
    expect(harness.audit.records).toHaveLength(4);
    expect(harness.audit.records.every(({ jobId }) => jobId === null)).toBe(true);
  });

  it('lists by state, in pages', async () => {
    const asked: ListExports[] = [];
    const position = { createdAt: '2026-11-23T12:00:00.000000Z', jobId: JOB_ID };
    harness.bus.on(exportList, (message) => {
      asked.push(message);
      return { jobs: [runningJob], next: message.after === null ? position : null };
    });
    const first = await call<{ nextCursor: string }>('List', { state: 'EXPORT_STATE_RUNNING', limit: 1 });
    expect(first.reply).toMatchObject({ jobs: [{ state: 'EXPORT_STATE_RUNNING' }], hasMore: true });
    const after = first.reply!.nextCursor;
    const second = await call('List', { state: 'EXPORT_STATE_RUNNING', limit: 1, after });
    expect(second.reply).toMatchObject({ hasMore: false });
    expect(second.reply).not.toHaveProperty('nextCursor');
    expect(asked).toMatchObject([
      { state: 'Running', limit: 1, after: null },
      { state: 'Running', limit: 1, after: position },
    ]);
    await call('List', {});
    expect(asked[2]).toMatchObject({ state: null, limit: 50 });
    for (const bad of [{ limit: 201 }, { state: 9 }, { after }, { after: 'x' }]) {
      expect((await call('List', bad)).code).toBe(status.INVALID_ARGUMENT);
    }
  });

  it('follows a job until it is over, and records the first look only', async () => {
    const looks = [pendingJob, runningJob, runningJob, succeededJob];
    let at = 0;
    harness.bus.on(exportGet, () => looks[Math.min(at++, 3)] ?? succeededJob);
    const follow = (more: object = {}) =>
      readAll(client.stream<JobMessage>('ExportService/Follow', { jobId: JOB_ID, ...more }, { token }));
    const { messages, end } = await follow();
    expect(end).toBeNull();
    expect(messages.map(({ state }) => state)).toEqual([
      'EXPORT_STATE_PENDING',
      'EXPORT_STATE_RUNNING',
      'EXPORT_STATE_SUCCEEDED',
    ]);
    expect(messages[2]?.result?.downloadUrl).toContain('http://sluice.test/');
    const again = harness.bus.asked.map(({ message }) => (message as JobRequest).again ?? false);
    expect(again).toEqual([false, true, true, true]);
    expect(await follow({ afterVersion: messages[2]!.version })).toEqual({ messages: [], end: null });
  });

  it('shares the places of those who follow over HTTP', async () => {
    harness.bus.on(exportGet, () => runningJob);
    const readers = Array.from({ length: 10 }, () => new AbortController());
    const authorization = `Bearer ${token}`;
    for (const { signal } of readers) {
      const answer = await harness.ask(`/api/v1/exports/${JOB_ID}/events`, {
        signal,
        headers: { authorization },
      });
      expect(answer.status).toBe(200);
    }
    const { end } = await readAll(client.stream('ExportService/Follow', { jobId: JOB_ID }, { token }));
    expect(end).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      problem: { limit: { name: 'eventStreamsPerClient', value: 10 } },
    });
    for (const reader of readers) reader.abort();
  });

  it('ends a follow that may go on no longer, that is left, or whose gateway stops', async () => {
    // A client whose places are its own alone.
    const other = await harness.issuer.token({ client_id: 'other' });
    let refused = false;
    harness.bus.on(exportGet, () => {
      if (refused) throw new SluiceError('export-not-found', 'There is no such export.');
      return runningJob;
    });
    const follow = () =>
      client.stream<JobMessage>('ExportService/Follow', { jobId: JOB_ID }, { token: other });
    const left = follow();
    const gone = once(left, 'error');
    await once(left, 'data');
    left.cancel();
    expect(await gone).toMatchObject([{ code: status.CANCELLED }]);

    const deleted = follow();
    const over = readAll(deleted);
    refused = true;
    expect((await over).end).toMatchObject({ code: status.NOT_FOUND });

    refused = false;
    const before = harness.bus.asked.length;
    const cut = readAll(follow());
    await until(() => harness.bus.asked.length > before);
    await harness.gateway.close(60_000);
    const { end } = await cut;
    expect(end).toMatchObject({ code: status.UNAVAILABLE, trailers: { 'sluice-code': 'unavailable' } });
  });
});
