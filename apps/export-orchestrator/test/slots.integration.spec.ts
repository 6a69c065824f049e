import { ClaimedJob } from '@sluice/contracts';
import { inGroups } from './in-groups.js';
import { body, caller, eventually, OrchestratorHarness } from './orchestrator-harness.js';

/** Two orchestrators on one database. */
describe('slots', () => {
  let harness: OrchestratorHarness;

  beforeEach(async () => {
    harness = await OrchestratorHarness.create();
  });

  afterEach(() => harness.close());

  const start = async (config: object = {}) => {
    await harness.start(config);
    await harness.start(config, false);
  };
  const submit = (tenant: string, count: number) =>
    inGroups(count, (i) => harness.submit(caller(`${tenant}-exporter`, tenant), body(`query ${String(i)}`)));
  const claims = async (count: number): Promise<readonly ClaimedJob[]> =>
    (await Promise.all(Array.from({ length: count }, () => harness.claim('whatever')))).filter(
      (claim) => claim !== null,
    );
  const tenantsOf = (taken: readonly ClaimedJob[]) => taken.map(({ principal }) => principal.tenants[0]);

  it('are ten to a tenant, whoever asks and however many at once; who frees one wakes the next', async () => {
    await start();
    await submit('CA', 30);
    const taken = await claims(40);
    expect(taken).toHaveLength(10);
    expect(await harness.slots('CA')).toEqual({ active: 10, waiting: 20 });
    await eventually(async () => (await harness.count('outbox')) === 0);
    const woken = harness.woken.length;
    await harness.fail(taken[0]!.jobId, 1, false);
    await harness.finish(
      await harness.publishFile(await harness.get(taken[1]!.principal, taken[1]!.jobId), 1),
    );
    await harness.cancel(taken[2]!.principal, taken[2]!.jobId);
    await eventually(() => harness.woken.length >= woken + 3);
    expect(await claims(10)).toHaveLength(3);
    expect(await harness.slots('CA')).toEqual({ active: 10, waiting: 17 });
  });

  it('refuse an eleventh in the database itself', async () => {
    await start();
    const [eleventh] = await submit('CA', 11);
    await claims(10);
    await expect(
      harness.dataSource.query(
        `update export_job set state = 'Running', lease_expires_at = clock_timestamp() where state = 'Pending'`,
      ),
    ).rejects.toThrow('runs 10 exports already');
    expect(eleventh).toBeDefined();
  });

  it('go to the tenant with the fewest active, and among equals to the one served longest ago', async () => {
    await start();
    await submit('CA', 20);
    expect(tenantsOf(await claims(4))).toEqual(['CA', 'CA', 'CA', 'CA']);
    await submit('NV', 3);
    await submit('OR', 3);
    const next: string[] = [];
    for (let i = 0; i < 6; i++) next.push(...tenantsOf(await claims(1)));
    expect(next).toEqual(['NV', 'OR', 'NV', 'OR', 'NV', 'OR']);
    // One worker alone, so that nobody has anything active when it asks: the long line of one tenant does not go first each time.
    const turns: string[] = [];
    await harness.endAll();
    await submit('WA', 6);
    await submit('AZ', 2);
    for (let i = 0; i < 4; i++) {
      const [claim] = await claims(1);
      turns.push(claim!.principal.tenants[0]);
      await harness.fail(claim!.jobId, 1, false);
    }
    expect([...turns].sort()).toEqual(['AZ', 'AZ', 'WA', 'WA']);
  });

  it('are freed by a lost lease, and are never lost with it', async () => {
    await start();
    await submit('CA', 12);
    const taken = await claims(20);
    expect(taken).toHaveLength(10);
    await Promise.all(taken.map(({ jobId }) => harness.loseLease(jobId)));
    await eventually(async () => (await harness.slots('CA')).active === 0);
    expect(await harness.slots('CA')).toEqual({ active: 0, waiting: 12 });
    await eventually(async () => (await claims(10)).length > 0);
  });

  it('have a line with an end', async () => {
    await start({ maxWaiting: 5 });
    const asked = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => harness.submit(caller('ca', 'CA'), body(`query ${String(i)}`))),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    for (const refused of asked.filter((each) => each.status === 'rejected')) {
      expect(refused.reason).toMatchObject({
        code: 'export-line-full',
        details: { retryAfter: 30, limit: { name: 'waitingExports', value: 5 } },
      });
    }
    expect(harness.records.filter(({ status }) => status === 429)).toHaveLength(7);
    // A twin takes no place, and other tenants have lines of their own.
    const twin = asked.findIndex(({ status }) => status === 'fulfilled');
    expect(await harness.submit(caller('ca', 'CA'), body(`query ${String(twin)}`))).toMatchObject({
      created: false,
    });
    await submit('TX', 1);
    await claims(2);
    await harness.submit(caller('ca', 'CA'), body('after one was claimed'));
  });

  it('are set right when their count was off', async () => {
    await start();
    await submit('CA', 3);
    await claims(2);
    await harness.dataSource.query(`update export_slots set active = 10, waiting = 0`);
    await eventually(async () => (await harness.slots('CA')).active === 2);
    expect(await harness.slots('CA')).toEqual({ active: 2, waiting: 1 });
  });
});
