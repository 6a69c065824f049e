import { ExportPage, ListPosition } from '@sluice/contracts';
import { body, caller, OrchestratorHarness } from './orchestrator-harness.js';

const exporter = caller('ca-exporter', 'CA');
const other = caller('ca-other', 'CA');
const admin = caller('ca-admin', 'CA', 'admin');

describe('listing exports', () => {
  let harness: OrchestratorHarness;

  beforeAll(async () => {
    harness = await OrchestratorHarness.create();
    await harness.start();
    for (let i = 0; i < 7; i++) await harness.submit(exporter, body(`query ${String(i)}`));
    await harness.submit(other, body('query 0'));
    await harness.submit(other, body('of the other'));
    await harness.submit(caller('tx-exporter', 'TX'), body('elsewhere'));
    const claim = await harness.claim('next');
    await harness.fail(claim!.jobId, 1, false);
  });

  afterAll(() => harness.close());

  const ids = ({ jobs }: ExportPage) => jobs.map(({ jobId }) => jobId);

  it('shows a caller the own jobs and those got by submitting the same, an admin those of the tenant, nobody those of another', async () => {
    const own = await harness.list(exporter);
    expect(own.jobs).toHaveLength(7);
    expect(own.next).toBeNull();
    const created = own.jobs.map(({ createdAt }) => createdAt);
    expect(created).toEqual([...created].sort().reverse());
    expect((await harness.list(other)).jobs).toHaveLength(2);
    const all = await harness.list(admin);
    expect(all.jobs).toHaveLength(8);
    expect(new Set(all.jobs.map(({ tenant }) => tenant))).toEqual(new Set(['CA']));
    expect((await harness.list(caller('tx-admin', 'TX', 'admin'))).jobs).toHaveLength(1);
    expect((await harness.list(caller('ca-exporter', 'TX'))).jobs).toEqual([]);
    expect(harness.records.at(-1)).toMatchObject({
      action: 'export.list',
      status: 200,
      rows: 0,
      tenant: 'TX',
    });
    await expect(harness.list(caller('v', 'CA', 'viewer'))).rejects.toMatchObject({ code: 'role-required' });
    await expect(harness.list(exporter, { limit: 201 })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('walks in pages that hold each job once, also while new ones come', async () => {
    const whole = ids(await harness.list(exporter));
    const walked: string[] = [];
    let after: ListPosition | null = null;
    do {
      const page: ExportPage = await harness.list(exporter, { limit: 3, after });
      walked.push(...ids(page));
      after = page.next;
      await harness.submit(exporter, body(`new ${String(walked.length)}`));
    } while (after !== null);
    expect(walked).toEqual(whole);
  });

  it('shows those of one state, each as a look shows it', async () => {
    expect((await harness.list(exporter, { state: 'Failed' })).jobs).toMatchObject([
      { state: 'Failed', error: { code: 'overloaded' } },
    ]);
    const { jobs } = await harness.list(exporter, { state: 'Pending' });
    for (const job of jobs) expect(job).toEqual(await harness.get(exporter, job.jobId));
    expect(Math.min(...jobs.map(({ queuePosition }) => queuePosition ?? 0))).toBe(1);
  });
});
