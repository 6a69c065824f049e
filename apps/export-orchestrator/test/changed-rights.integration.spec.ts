import { ExportJob, exportResolveDownload, SluiceError } from '@sluice/contracts';
import { body, caller, eventually, origin, OrchestratorHarness } from './orchestrator-harness.js';

const exporter = caller('ca-exporter', 'CA');

/** What was allowed when an export was asked for or made, and is not any more. */
describe('rights that changed', () => {
  let harness: OrchestratorHarness;
  let queries = 0;

  beforeAll(async () => {
    harness = await OrchestratorHarness.create();
    await harness.start();
  });

  afterEach(() => harness.endAll());
  afterAll(() => harness.close());

  const complete = () => harness.complete(exporter, `query ${String(++queries)}`);
  const download = ({ jobId, result }: ExportJob) =>
    harness.bus.request(exportResolveDownload, { jobId, tenant: 'CA', sha256: result!.sha256, origin });
  const setClient = (clientId: string, revoked: boolean) =>
    harness.dataSource.query(
      `insert into oauth_client (client_id, secret_hash, tenants, roles, revoked_at)
        values ($1, 'x', '{CA}', '{exporter}', case when $2 then clock_timestamp() end)
        on conflict (client_id) do update set revoked_at = excluded.revoked_at`,
      [clientId, revoked],
    );

  it('refuse a file that was made under other rules, and let it be exported anew', async () => {
    const job = await complete();
    await expect(download(job)).resolves.toMatchObject({ bytes: 6 });
    harness.policyHash = 'rules-2';
    await expect(download(job)).rejects.toMatchObject({ code: 'policy-changed' });
    expect(harness.records.at(-1)).toMatchObject({
      action: 'export.download',
      status: 403,
      code: 'policy-changed',
      jobId: job.jobId,
    });
    await expect(download(await complete())).resolves.toMatchObject({ bytes: 6 });
    harness.policyHash = 'rules-1';
    await expect(download(job)).resolves.toMatchObject({ bytes: 6 });
  });

  it.each(['column-masked', 'unknown-column', 'unknown-dataset', 'tenant-forbidden'] as const)(
    'refuse a file whose query is now a %s',
    async (code) => {
      const job = await complete();
      harness.checkFault = new SluiceError(code, 'No more.');
      await expect(download(job)).rejects.toMatchObject({ code: 'policy-changed' });
      harness.checkFault = null;
    },
  );

  it('are not guessed while query-service is away', async () => {
    const job = await complete();
    harness.checkFault = new SluiceError('unavailable', 'Away.');
    await expect(download(job)).rejects.toMatchObject({ code: 'unavailable' });
    harness.checkFault = null;
  });

  it('of a file that tells no rules are judged by the version of the policy', async () => {
    const job = await complete();
    const tell = (policyVersion: string) =>
      harness.dataSource.query(
        `update export_job set manifest = (manifest::jsonb - 'policyHash'
          || jsonb_build_object('policyVersion', $2::text))::json where id = $1`,
        [job.jobId, policyVersion],
      );
    await tell('policy-1');
    await expect(download(job)).resolves.toMatchObject({ bytes: 6 });
    await tell('policy-0');
    await expect(download(job)).rejects.toMatchObject({ code: 'policy-changed' });
  });

  it('of a revoked client end what waits and what runs, and its files', async () => {
    await setClient('ca-exporter', false);
    const done = await complete();
    const running = (await harness.submit(exporter, body('runs'))).job;
    await harness.claim(running.jobId);
    const waiting = (await harness.submit(exporter, body('waits'))).job;
    const shared = (await harness.submit(exporter, body('shared'))).job;
    await harness.submit(caller('ca-live', 'CA'), body('shared'));
    await setClient('ca-exporter', true);
    const admin = caller('ca-admin', 'CA', 'admin');
    const state = async ({ jobId }: ExportJob) => (await harness.get(admin, jobId)).state;
    await eventually(
      async () => (await state(running)) === 'Canceled' && (await state(waiting)) === 'Canceled',
    );
    expect(await harness.renew(running.jobId, 1)).toBe(false);
    expect(await state(shared)).toBe('Pending');
    expect((await harness.slots('CA')).active).toBe(0);
    await expect(download(done)).rejects.toMatchObject({ code: 'client-revoked' });
    expect(harness.records.at(-1)).toMatchObject({ action: 'export.download', status: 403 });
    await setClient('ca-exporter', false);
    await expect(download(done)).resolves.toMatchObject({ bytes: 6 });
  });
});

describe('progress', () => {
  it('moves towards what was estimated, never back, and reaches 100 with the file only', async () => {
    const harness = await OrchestratorHarness.create();
    await harness.start();
    harness.estimatedRows = 200;
    const { job } = await harness.submit(exporter, body('progress'));
    expect(job.progress).toEqual({ percent: 0, rowsDone: 0, rowsExpected: 200 });
    await harness.claim(job.jobId);
    const seen: number[] = [];
    for (const rows of [10, 50, 40, 199, 200, 5_000]) {
      await harness.renew(job.jobId, 1, rows, null);
      seen.push((await harness.get(exporter, job.jobId)).progress.percent);
    }
    expect(seen).toEqual([5, 25, 25, 99, 99, 99]);
    await harness.finish(await harness.publishFile(job, 1));
    expect(await harness.get(exporter, job.jobId)).toMatchObject({
      expired: false,
      progress: { percent: 100, rowsDone: 1, rowsExpected: 1 },
    });
    expect(await harness.cancel(exporter, job.jobId)).toMatchObject({ state: 'Succeeded', expired: true });
    await harness.close();
  });
});
