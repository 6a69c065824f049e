import { Catalog, Column, Dataset } from '@sluice/catalog';
import { hasRole, Principal, SluiceError } from '@sluice/contracts';
import { bindQuery, GovernedQuery, Purpose, readQuery } from '@sluice/query-dsl';
import { applyPolicy } from './apply-policy.js';
import { Policy } from './policy.js';

/** The catalogue and the rules over it, taken together: they are only ever replaced as a pair. */
export interface Governance {
  readonly catalog: Catalog;
  readonly policy: Policy;
}

export interface PlanRequest {
  /** The query as parsed JSON. */
  readonly body: unknown;
  readonly principal: Principal;
  readonly purpose: Purpose;
  /** JSON pointer of the query inside the request. */
  readonly pointer?: string;
  /** When the query is asked, or was asked first: microseconds since 1970. */
  readonly now: bigint;
}

/** The one way from a request to a plan: read, bind, narrow. Throws `SluiceError` with the pointer of what is wrong. */
export function planQuery(request: PlanRequest, { catalog, policy }: Governance): GovernedQuery {
  const { principal, pointer = '', now } = request;
  const role = request.purpose === 'export' ? 'exporter' : 'viewer';
  if (!hasRole(principal, role)) throw new SluiceError('role-required', `This needs the role ${role}.`);
  const query = readQuery(request.body, request.purpose, pointer);
  return applyPolicy(
    bindQuery(query, { catalog, visible: visibleTo(principal, policy), pointer, now }),
    principal,
    policy,
  );
}

/** Which columns exist for a principal. */
export function visibleTo(
  principal: Principal,
  policy: Policy,
): (dataset: Dataset, column: Column) => boolean {
  return (_, column) => policy.treatmentFor(column, principal.roles) !== 'deny';
}
