import { Principal } from '@sluice/contracts';
import { readStoredTables } from '@sluice/engine';
import { loadGovernance, planQuery } from '@sluice/policy';
import { compilePage, duckDbDialect, Statement } from '@sluice/query-dsl';
import { join } from 'node:path';

/** A kind of page that is asked for; `turn` makes its rows differ, so that nothing is answered twice alike. */
export interface PageKind {
  readonly name: string;
  readonly body: (turn: number) => object;
}

/** Turns after which the pages are the same again. */
export const VARIANTS = 60;

const flights = (turn: number, rest: object): object => ({
  dataset: 'flights',
  filter: { column: 'delay_minutes', op: 'gte', value: turn % VARIANTS },
  count: 'none',
  ...rest,
});

export const PAGE_KINDS: readonly PageKind[] = [
  { name: 'page of 100', body: (turn) => flights(turn, { page: { limit: 100 } }) },
  {
    name: 'page of 100, sorted by distance',
    body: (turn) => flights(turn, { sort: ['distance_miles desc'], page: { limit: 100 } }),
  },
  { name: 'page of 5,000', body: (turn) => flights(turn, { page: { limit: 5_000 } }) },
];

const CALIFORNIA: Principal = { subject: 'bench', clientId: 'bench', tenants: ['CA'], roles: ['viewer'] };

/** The statement that the service runs for such a page. */
export async function statementsOf(home: string): Promise<(body: object) => Statement> {
  const governance = await loadGovernance(join(home, 'catalog'), join(home, 'policy.yaml'));
  const tables = await readStoredTables(join(home, 'data'));
  const sortedBy = tables.find(({ name }) => name === 'flights')?.sortedBy ?? null;
  return (body) => {
    const now = BigInt(Date.now()) * 1000n;
    const plan = planQuery({ body, principal: CALIFORNIA, purpose: 'page', now }, governance);
    return compilePage(plan, null, duckDbDialect, { sortedBy });
  };
}
