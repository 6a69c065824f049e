import { inGroups } from './in-groups.js';
import { body, caller, eventually, OrchestratorHarness } from './orchestrator-harness.js';

const exporter = caller('ca-exporter', 'CA');

describe('the outbox', () => {
  let harness: OrchestratorHarness;

  beforeEach(async () => {
    harness = await OrchestratorHarness.create();
  });

  afterEach(() => harness.close());

  it('keeps what could not be published, until a broker takes it', async () => {
    await harness.start({}, false);
    const { job } = await harness.submit(exporter, body('a'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await harness.count('outbox')).toBe(1);
    await harness.listen();
    await eventually(() => harness.woken.includes(job.jobId));
    await eventually(async () => (await harness.count('outbox')) === 0);
  });

  it('survives the orchestrator', async () => {
    const first = await harness.start({}, false);
    const { job } = await harness.submit(exporter, body('a'));
    await first.close(1_000);
    expect(await harness.count('outbox')).toBe(1);
    await harness.start();
    await eventually(() => harness.woken.includes(job.jobId));
  });

  it('is emptied by two orchestrators without sending twice', async () => {
    await harness.start();
    await harness.start({}, false);
    const jobs = await inGroups(120, (i) => harness.submit(exporter, body(`query ${String(i)}`)));
    await eventually(async () => (await harness.count('outbox')) === 0);
    expect([...harness.woken].sort()).toEqual(jobs.map(({ job }) => job.jobId).sort());
  });

  it('gets another message for a job that nobody picked up, after growing pauses', async () => {
    await harness.start({ wakeAfterMs: 100 });
    const { job } = await harness.submit(exporter, body('a'));
    await eventually(() => harness.woken.length >= 3);
    expect(new Set(harness.woken)).toEqual(new Set([job.jobId]));
    const [{ wakes }] = await harness.dataSource.query<[{ wakes: number }]>(`select wakes from export_job`);
    expect(wakes).toBeGreaterThanOrEqual(2);
    await harness.claim(job.jobId);
    await eventually(async () => (await harness.count('outbox')) === 0);
    const woken = harness.woken.length;
    await harness.cancel(exporter, job.jobId);
    // Some sweeps, and more than its next pause would be.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(harness.woken).toHaveLength(woken);
  });
});
