import { CheckedQuery, Principal } from '@sluice/contracts';
import { createHash } from 'node:crypto';

/** What a test lets policy and data say. */
export interface Rules {
  readonly viewHash: string;
  readonly policyHash: string;
  readonly estimatedRows: number | null;
}

/** How query-service answers in these tests: the same text has the same hash, and each caller's view is its own. */
export function checkedQuery(principal: Principal, query: unknown, rules: Rules): CheckedQuery {
  return {
    dataset: 'flights',
    columns: [
      { name: 'a', type: 'integer', masked: false },
      { name: 'b', type: 'text', masked: true },
    ],
    queryHash: createHash('sha256').update(JSON.stringify(query)).digest('hex'),
    viewHash: `${rules.viewHash} ${principal.tenants.join()} ${principal.roles.join()}`,
    policyHash: rules.policyHash,
    estimatedRows: rules.estimatedRows,
    policyVersion: 'policy-1',
    dataVersion: 'data-1',
  };
}
