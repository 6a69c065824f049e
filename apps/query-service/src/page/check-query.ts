import { CheckedQuery, CheckQuery } from '@sluice/contracts';
import { AnalyticEngine } from '@sluice/engine';
import { planQuery } from '@sluice/policy';
import { duckDbDialect, outputColumns } from '@sluice/query-dsl';
import { Clock, GovernanceSource } from '../ports.js';
import { identify } from './plan-identity.js';
import { requireData } from './require-data.js';

/** Checks the query of an export without running it: the same reading, policy and hashes as for a page. */
export class CheckQueryUseCase {
  constructor(
    private readonly engine: AnalyticEngine,
    private readonly governance: GovernanceSource,
    private readonly clock: Clock,
  ) {}

  /** Throws a `SluiceError` with a pointer into the export's payload. */
  check({ principal, body }: CheckQuery): CheckedQuery {
    const governance = this.governance.current();
    const query = planQuery(
      { body, principal, purpose: 'export', pointer: '/queryDefinition', now: this.clock() },
      governance,
    );
    const snapshot = this.engine.snapshot();
    try {
      requireData(query, snapshot);
      const { queryHash, viewHash } = identify(query, principal, snapshot.dataVersion);
      return {
        dataset: query.scans[0].dataset.name,
        columns: outputColumns(query, duckDbDialect),
        queryHash,
        viewHash,
        policyVersion: governance.policy.version,
        dataVersion: snapshot.dataVersion,
      };
    } finally {
      snapshot.release();
    }
  }
}
