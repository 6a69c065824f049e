import { SluiceError } from '@sluice/contracts';
import { manifestKey } from '@sluice/object-store';
import { deriveKey } from '@sluice/service-kit';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { SignedManifest, verifyManifest } from '../src/index.js';
import { csvOf, endlessCsv, failingCsv, FakeEngine } from './fake-engine.js';
import { eventually, peopleGovernance, secret, WorkerHarness } from './worker-harness.js';

describe('an export', () => {
  let harness: WorkerHarness;
  let engine: FakeEngine;

  beforeEach(async () => {
    harness = await WorkerHarness.create();
    engine = new FakeEngine();
  });

  afterEach(() => harness.close());

  it('becomes a file, with a signed manifest beside it, and is recorded', async () => {
    await harness.start(engine);
    const jobId = await harness.submit();
    const { key, fileName, manifest } = await harness.succeeded(jobId);
    expect(fileName).toBe(`people-${jobId}.csv`);
    expect(key).toBe(`CA/${jobId}/1/${fileName}`);
    const file = await buffer(await harness.store.read(key));
    expect(manifest).toMatchObject({
      jobId,
      attempt: 1,
      tenant: 'CA',
      dataset: 'people',
      dataVersion: 'data-1',
      policyVersion: harness.governance.policy.version,
      columns: [
        { name: 'id', type: 'integer', masked: false },
        { name: 'name', type: 'text', masked: true },
      ],
      format: 'csv',
      rows: 3,
      bytes: file.length,
      sha256: createHash('sha256').update(file).digest('hex'),
    });
    const stored = await buffer(await harness.store.read(manifestKey(key)));
    const manifestRead = JSON.parse(stored.toString()) as SignedManifest;
    expect(manifestRead).toEqual(manifest);
    expect(verifyManifest(manifestRead, deriveKey(secret, 'manifest'))).toBe(true);
    expect(harness.records).toMatchObject([
      {
        action: 'export.run',
        status: 200,
        rows: 3,
        jobId,
        tenant: 'CA',
        dataset: 'people',
        columns: ['id', 'name'],
        masks: ['name'],
        queryHash: manifest.queryHash,
      },
    ]);
    expect(await harness.filesInStore()).toHaveLength(2);
  });

  it('is planned by the policy in force when it runs', async () => {
    harness.governance = peopleGovernance('deny');
    await harness.start(engine);
    const outcome = await harness.outcomeOf(await harness.submit());
    expect(outcome).toMatchObject({
      kind: 'failed',
      transient: false,
      error: {
        code: 'unknown-column',
        details: { pointer: expect.stringMatching(/^\/queryDefinition\/select/) },
      },
    });
    expect(engine.statements).toEqual([]);
    expect(harness.records).toMatchObject([{ action: 'export.run', code: 'unknown-column', status: 400 }]);
  });

  it('carries the principal’s tenant into the statement, as a parameter', async () => {
    await harness.start(engine);
    await harness.succeeded(await harness.submit());
    const [statement] = engine.statements;
    expect(statement!.parameters).toContainEqual(expect.objectContaining({ value: 'CA' }));
    expect(statement!.sql).not.toContain('CA');
  });

  it.each([
    [new SluiceError('overloaded', 'Busy.'), 'overloaded', true],
    [new SluiceError('query-timeout', 'Too long.'), 'query-timeout', false],
    [new TypeError('a bug'), 'export-failed', false],
  ])('leaves nothing when the engine breaks off midway with %p', async (error, code, transient) => {
    engine.next = () => failingCsv(error);
    await harness.start(engine);
    const outcome = await harness.outcomeOf(await harness.submit());
    expect(outcome).toMatchObject({ kind: 'failed', transient, error: { code } });
    expect(await harness.filesInStore()).toEqual([]);
  });

  it.each([
    ['a row too few', 4],
    ['a row too many', 2],
  ])('is not published with %s, and may be tried again', async (_, rows) => {
    engine.next = () => ({ ...csvOf(3), rows: Promise.resolve(rows) });
    await harness.start(engine);
    const outcome = await harness.outcomeOf(await harness.submit());
    expect(outcome).toMatchObject({ kind: 'failed', transient: true, error: { code: 'export-incomplete' } });
    expect(await harness.filesInStore()).toEqual([]);
    expect(harness.records).toMatchObject([{ code: 'export-incomplete', rows: null }]);
  });

  it('is not published when the stream was whole but the engine says that it failed', async () => {
    const failed = Promise.reject(new SluiceError('query-too-large', 'Too large.'));
    failed.catch(() => undefined);
    engine.next = () => ({ ...csvOf(3), rows: failed });
    await harness.start(engine);
    expect(await harness.outcomeOf(await harness.submit())).toMatchObject({
      kind: 'failed',
      error: { code: 'query-too-large' },
    });
    expect(await harness.filesInStore()).toEqual([]);
  });

  it('is not published when it cannot be recorded', async () => {
    harness.auditFault = new SluiceError('audit-unavailable', 'Full.');
    await harness.start(engine);
    const outcome = await harness.outcomeOf(await harness.submit());
    expect(outcome).toMatchObject({ transient: true, error: { code: 'audit-unavailable' } });
    expect(await harness.filesInStore()).toEqual([]);
  });

  it('keeps its lease while it runs, and tells how far it is', async () => {
    engine.next = endlessCsv;
    await harness.start(engine);
    const jobId = await harness.submit();
    await eventually(() => harness.renewals.length >= 3 && harness.renewals.at(-1)!.rowsDone === 2);
    expect(harness.renewals.at(-1)).toEqual({ jobId, attempt: 1, rowsDone: 2, rowsExpected: null });
  });

  it('stops, and leaves nothing, when it is canceled or taken over', async () => {
    engine.next = endlessCsv;
    await harness.start(engine);
    await harness.submit();
    await eventually(() => engine.streams.length === 1);
    harness.proceed = false;
    await eventually(() => engine.streams[0]!.destroyed);
    await harness.end();
    expect(await harness.filesInStore()).toEqual([]);
    expect(harness.finished).toEqual([]);
    expect(harness.records).toMatchObject([{ action: 'export.run', status: 499 }]);
  });

  it('is not published when it was taken away at the last moment', async () => {
    harness.proceed = false;
    await harness.start(engine, { renewEveryMs: 60_000 });
    await harness.submit();
    await eventually(() => harness.records.length === 1);
    await harness.end();
    expect(await harness.filesInStore()).toEqual([]);
    expect(harness.finished).toEqual([]);
  });

  it('is taken back when it was taken away while it was published', async () => {
    const shown = harness.loseJobOncePublished();
    await harness.start(engine, { renewEveryMs: 60_000 }).then(() => harness.submit());
    await eventually(async () => shown.length === 2 && (await harness.filesInStore()).length === 0);
    await harness.end();
    expect(harness.finished).toEqual([]);
  });

  it('stops when its lease cannot be renewed in time', async () => {
    engine.next = endlessCsv;
    await harness.start(engine);
    await harness.submit({}, { leaseMs: 3_000 });
    await eventually(() => engine.streams.length === 1);
    harness.renewFault = new SluiceError('unavailable', 'Away.');
    // The run itself has six hours: only the lease can end it now.
    await eventually(() => engine.streams[0]!.destroyed);
    await eventually(async () => (await harness.filesInStore()).length === 0);
    expect(harness.finished).toEqual([]);
  });

  it('outlives renewals that fail for a while', async () => {
    engine.next = endlessCsv;
    harness.renewFault = new SluiceError('unavailable', 'Away.');
    await harness.start(engine);
    await harness.submit();
    await eventually(() => harness.refusedRenewals > 2);
    harness.renewFault = null;
    await eventually(() => harness.renewals.length > 2);
    expect(engine.streams[0]!.destroyed).toBe(false);
  });

  it('tells its outcome again until it is taken', async () => {
    harness.refusals = 7;
    await harness.start(engine);
    await harness.succeeded(await harness.submit());
    expect(harness.finished).toHaveLength(1);
  });

  it('is handed back when the worker is shut down', async () => {
    engine.next = endlessCsv;
    const app = await harness.start(engine);
    const jobId = await harness.submit();
    await eventually(() => engine.streams.length === 1);
    // Its rows never end, so that only the grace lets the worker end.
    await app.close(400);
    expect(await harness.outcomeOf(jobId)).toMatchObject({
      kind: 'failed',
      transient: true,
      error: { code: 'unavailable' },
    });
    expect(await harness.filesInStore()).toEqual([]);
  });

  it('ends well when the worker is shut down shortly before', async () => {
    const { content } = csvOf(3);
    let goOn: () => void = () => undefined;
    const closing = new Promise<void>((resolve) => (goOn = resolve));
    async function* slow(): AsyncGenerator<Buffer> {
      await closing;
      yield* content as Buffer[];
    }
    engine.next = () => ({ content: slow(), rows: Promise.resolve(3) });
    const app = await harness.start(engine);
    const jobId = await harness.submit();
    await eventually(() => engine.streams.length === 1);
    const closed = app.close(60_000);
    goOn();
    await closed;
    await harness.succeeded(jobId);
  });
});
