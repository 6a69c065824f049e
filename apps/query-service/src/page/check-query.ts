import { CheckedQuery, CheckQuery } from '@sluice/contracts';
import { duckDbDialect, outputColumns } from '@sluice/query-dsl';
import { Guards } from '../guards/guards.js';
import { Planner } from './planner.js';

const POINTER = '/queryDefinition';

/** Checks the query of an export without running it: the same reading, policy, guards and hashes as for a page. */
export class CheckQueryUseCase {
  constructor(
    private readonly planner: Planner,
    private readonly guards: Guards,
  ) {}

  /** Throws a `SluiceError` with a pointer into the export's payload. */
  check({ principal, body }: CheckQuery, signal: AbortSignal): Promise<CheckedQuery> {
    return this.planner.plan(
      { body, principal, purpose: 'export', pointer: POINTER },
      () => undefined,
      async (plan) => {
        await this.guards.check(plan, { signal, noCache: false }, POINTER);
        const { query, identity, governance, snapshot } = plan;
        return {
          dataset: query.scans[0].dataset.name,
          columns: outputColumns(query, duckDbDialect),
          queryHash: identity.queryHash,
          viewHash: identity.viewHash,
          policyVersion: governance.policy.version,
          dataVersion: snapshot.data.dataVersion,
        };
      },
    );
  }
}
