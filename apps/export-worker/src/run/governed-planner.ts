import { ClaimedJob } from '@sluice/contracts';
import { planQuery } from '@sluice/policy';
import { duckDbDialect, outputColumns, queryHash } from '@sluice/query-dsl';
import { Clock, ExportPlanner, GovernanceSource, PlannedExport } from '../ports.js';

/** Plans anew for the principal who submitted: what was allowed then may be forbidden now (SPEC P6). */
export class GovernedPlanner implements ExportPlanner {
  constructor(
    private readonly governance: GovernanceSource,
    private readonly clock: Clock,
  ) {}

  plan({ principal, spec }: ClaimedJob): PlannedExport {
    const governance = this.governance.current();
    const request = {
      body: spec.queryDefinition,
      principal,
      purpose: 'export',
      pointer: '/queryDefinition',
      now: this.clock(),
    } as const;
    const query = planQuery(request, governance);
    return {
      query,
      dataset: query.scans[0].dataset.name,
      columns: outputColumns(query, duckDbDialect),
      queryHash: queryHash(query),
      policyVersion: governance.policy.version,
    };
  }
}
