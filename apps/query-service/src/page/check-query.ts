import { CheckedQuery, CheckQuery } from '@sluice/contracts';
import { duckDbDialect, outputColumns, policyHash } from '@sluice/query-dsl';
import { Guards } from '../guards/guards.js';
import { Plan } from './plan.js';
import { Planner } from './planner.js';
import { Totals } from './totals.js';

const POINTER = '/queryDefinition';
/** An estimate that takes longer is not waited for, in ms: an export runs as well without one. */
const ESTIMATE_MS = 1_000;

/** Checks the query of an export without running it: the same reading, policy, guards and hashes as for a page. */
export class CheckQueryUseCase {
  constructor(
    private readonly planner: Planner,
    private readonly guards: Guards,
    private readonly totals: Totals,
  ) {}

  /** Throws a `SluiceError` with a pointer into the export's payload. */
  check({ principal, body, policyOnly = false }: CheckQuery, signal: AbortSignal): Promise<CheckedQuery> {
    return this.planner.plan(
      { body, principal, purpose: 'export', pointer: POINTER },
      () => undefined,
      async (plan) => {
        if (!policyOnly) await this.guards.check(plan, { signal, noCache: false }, POINTER);
        const { query, identity, governance, snapshot } = plan;
        return {
          dataset: query.scans[0].dataset.name,
          columns: outputColumns(query, duckDbDialect),
          queryHash: identity.queryHash,
          viewHash: identity.viewHash,
          policyHash: policyHash(query),
          estimatedRows: policyOnly ? null : await this.estimate(plan, signal),
          policyVersion: governance.policy.version,
          dataVersion: snapshot.data.dataVersion,
        };
      },
    );
  }

  /** Neither a slow nor a failed estimate refuses an export. */
  private async estimate(plan: Plan, signal: AbortSignal): Promise<number | null> {
    const counted = { ...plan, query: { ...plan.query, count: 'estimated' as const } };
    const wanting = { signal: AbortSignal.any([signal, AbortSignal.timeout(ESTIMATE_MS)]), noCache: false };
    try {
      return ((await this.totals.find(counted, wanting)) ?? (await this.totals.make(counted, wanting))).rows;
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }
}
