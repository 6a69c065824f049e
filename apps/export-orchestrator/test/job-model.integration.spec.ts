import { ClaimedJob } from '@sluice/contracts';
import fc from 'fast-check';
import { inGroups } from './in-groups.js';
import { body, caller, OrchestratorHarness } from './orchestrator-harness.js';

jest.setTimeout(300_000);

const TENANTS = ['CA', 'TX'] as const;
const MOST = 10;
const MAX_ATTEMPTS = 4;
const TERMINAL = ['Succeeded', 'Failed', 'Canceled'];

/** What a worker of the test believes to hold. */
interface Held extends ClaimedJob {
  /** Told of its end, or taken away: whatever it says from then on is stale. */
  stale: boolean;
}

type Step =
  | { readonly kind: 'claim'; readonly workers: number }
  | {
      readonly kind: 'succeed' | 'fail' | 'break' | 'renew' | 'lose' | 'cancel' | 'succeed-and-cancel';
      readonly which: number;
    };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('claim' as const), workers: fc.integer({ min: 1, max: 15 }) }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        ...(['succeed', 'fail', 'break', 'renew', 'lose', 'lose', 'cancel', 'succeed-and-cancel'] as const),
      ),
      which: fc.nat(1_000),
    }),
  },
);

/** Two orchestrators, 30 jobs of one tenant and 6 of another, and any order of claims, ends, lost leases and cancels. */
describe('jobs over one database, whatever happens to them', () => {
  let harness: OrchestratorHarness;
  let round = 0;

  beforeAll(async () => {
    harness = await OrchestratorHarness.create();
    const settings = { retryBaseMs: 1, sweepEveryMs: 20 };
    await harness.start(settings);
    await harness.start(settings, false);
  });

  afterAll(() => harness.close());

  interface Row {
    readonly id: string;
    readonly tenant: string;
    readonly state: string;
    readonly attempt: number;
  }
  const rows = () => harness.dataSource.query<Row[]>(`select id, tenant, state, attempt from export_job`);

  /** Holds at every moment: read in one statement, so in one snapshot. */
  async function mustHold(ended: Map<string, string>): Promise<void> {
    const counts = await harness.dataSource.query<
      { active: number; waiting: number; running: number; line: number }[]
    >(
      `select s.active, s.waiting,
          (select count(*)::integer from export_job where tenant = s.tenant and state = 'Running') as running,
          (select count(*)::integer from export_job where tenant = s.tenant and state = 'Pending') as line
        from export_slots s`,
    );
    for (const { active, waiting, running, line } of counts) {
      expect({ active, waiting }).toEqual({ active: running, waiting: line });
      expect(running).toBeLessThanOrEqual(MOST);
    }
    for (const { id, state, attempt } of await rows()) {
      expect(attempt).toBeLessThanOrEqual(MAX_ATTEMPTS);
      if (ended.has(id)) expect(state).toBe(ended.get(id));
      if (TERMINAL.includes(state)) ended.set(id, state);
    }
  }

  /** Makes a lease run out, and waits until a sweeper has found it. */
  async function lose({ jobId, attempt }: Held): Promise<void> {
    await harness.dataSource.query(
      `update export_job set lease_expires_at = clock_timestamp() - interval '1 second'
        where id = $1 and state = 'Running' and attempt = $2`,
      [jobId, attempt],
    );
    for (;;) {
      const found = await harness.dataSource.query<Row[]>(
        `select 1 from export_job where id = $1 and state = 'Running' and lease_expires_at < clock_timestamp()`,
        [jobId],
      );
      if (found.length === 0) return;
    }
  }

  async function claim(workers: number): Promise<readonly Held[]> {
    const before = new Map<string, number>();
    for (const tenant of TENANTS) before.set(tenant, (await harness.slots(tenant)).active);
    const taken = await Promise.all(Array.from({ length: workers }, () => harness.claim('next')));
    const held = taken.filter((each) => each !== null).map((each) => ({ ...each, stale: false }));
    // Fair: nobody is given one more than another tenant that still had a job that was due.
    const after = new Map<string, number>(before);
    for (const { principal } of held)
      after.set(principal.tenants[0], (after.get(principal.tenants[0]) ?? 0) + 1);
    for (const poor of TENANTS) {
      const [{ due }] = await harness.dataSource.query<[{ due: number }]>(
        `select count(*)::integer as due from export_job where tenant = $1 and state = 'Pending'
          and run_after < clock_timestamp() - interval '1 second'`,
        [poor],
      );
      for (const rich of TENANTS) {
        const gained = (after.get(rich) ?? 0) > (before.get(rich) ?? 0);
        if (due > 0 && gained && (after.get(poor) ?? 0) < MOST) {
          expect((after.get(rich) ?? 0) - (after.get(poor) ?? 0)).toBeLessThanOrEqual(1);
        }
      }
    }
    return held;
  }

  async function take(step: Exclude<Step, { kind: 'claim' }>, held: Held[]): Promise<void> {
    const worker = held[step.which % Math.max(1, held.length)];
    if (!worker) return;
    const { jobId, attempt, principal } = worker;
    const before = (await harness.get(principal, jobId)).state;
    const current = (await harness.get(principal, jobId)).attempt === attempt && before === 'Running';
    const job = await harness.get(principal, jobId);
    switch (step.kind) {
      case 'renew':
        expect(await harness.renew(jobId, attempt)).toBe(current);
        return;
      case 'lose':
        if (current) await lose(worker);
        break;
      case 'succeed':
        await harness.finish(await harness.publishFile(job, attempt));
        break;
      case 'fail':
      case 'break':
        await harness.fail(jobId, attempt, step.kind === 'fail');
        break;
      case 'cancel':
        await harness.cancel(principal, jobId);
        break;
      case 'succeed-and-cancel': {
        const finished = await harness.publishFile(job, attempt);
        await Promise.all([harness.finish(finished), harness.cancel(principal, jobId)]);
        break;
      }
    }
    const after = await harness.get(principal, jobId);
    // Said by an attempt that no longer has the job, it changes nothing.
    const told = ['fail', 'break'].includes(step.kind);
    if (told && !current) expect(after.state).toBe(before);
    worker.stale = true;
  }

  it('keep to their slots, end once, and listen to their current attempt only', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 25 }), async (story) => {
        await harness.endAll();
        round += 1;
        const submitted = await inGroups(36, (i) => {
          const tenant = TENANTS[i < 30 ? 0 : 1] ?? 'CA';
          return harness.submit(
            caller(`${tenant}-exporter`, tenant),
            body(`round ${String(round)}, ${String(i)}`),
          );
        });
        expect(submitted.every(({ created }) => created)).toBe(true);
        const ended = new Map<string, string>();
        const held: Held[] = [];
        for (const step of story) {
          if (step.kind === 'claim') held.push(...(await claim(step.workers)));
          else await take(step, held);
          await mustHold(ended);
        }
      }),
      { numRuns: 8, seed: 20_261_126, endOnFailure: true },
    );
  });
});
