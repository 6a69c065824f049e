import { Principal } from '@sluice/contracts';
import { loadGovernance, planQuery } from '@sluice/policy';
import { compilePage, duckDbDialect, Statement } from '@sluice/query-dsl';
import { join } from 'node:path';

/** A page whose rows differ from turn to turn, so that nothing is answered twice alike. */
export function pageOf(limit: number, turn: number): object {
  return {
    dataset: 'flights',
    filter: { column: 'delay_minutes', op: 'gte', value: turn % 60 },
    page: { limit },
    count: 'none',
  };
}

const CALIFORNIA: Principal = { subject: 'bench', clientId: 'bench', tenants: ['CA'], roles: ['viewer'] };

/** The statement that the service would run for such a page. */
export async function statementsOf(home: string): Promise<(limit: number, turn: number) => Statement> {
  const governance = await loadGovernance(join(home, 'catalog'), join(home, 'policy.yaml'));
  return (limit, turn) => {
    const body = pageOf(limit, turn);
    return compilePage(
      planQuery(
        { body, principal: CALIFORNIA, purpose: 'page', now: BigInt(Date.now()) * 1000n },
        governance,
      ),
      null,
      duckDbDialect,
    );
  };
}
