import { Principal } from '@sluice/contracts';
import { clockHash, GovernedQuery, hash, queryHash, viewHash } from '@sluice/query-dsl';

/** The hashes under which a plan is cached, tagged and continued. */
export interface PlanIdentity {
  readonly queryHash: string;
  readonly viewHash: string;
  /** Of the answer's bytes: plan after policy, what the clock says of it, tenants, data version, page and form. Key of the cache, and the ETag. */
  readonly answerHash: string;
  /** What a cursor is bound to: as above without the data, the page and the form, which may change on the way. */
  readonly cursorBinding: string;
}

export function identify(query: GovernedQuery, principal: Principal, dataVersion: string): PlanIdentity {
  const asked = queryHash(query);
  const view = viewHash(query, dataVersion);
  const tenants = [...principal.tenants].sort();
  const { page, count, rows, numbers } = query;
  return {
    queryHash: asked,
    viewHash: hash([view, tenants]),
    answerHash: hash([
      asked,
      clockHash(query),
      view,
      tenants,
      page?.limit,
      page?.after,
      page?.offset,
      count,
      rows,
      numbers,
    ]),
    cursorBinding: hash(['cursor', asked, viewHash(query, ''), tenants]),
  };
}
