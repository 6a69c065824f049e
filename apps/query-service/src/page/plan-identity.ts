import { PageForm, Principal } from '@sluice/contracts';
import { GovernedQuery, hash, planHash, queryHash, totalHash, viewHash } from '@sluice/query-dsl';
import { Governance } from '@sluice/policy';
import { createHmac } from 'node:crypto';

/** The hashes under which a plan is cached, tagged and continued. */
export interface PlanIdentity {
  readonly queryHash: string;
  readonly viewHash: string;
  /** Key of the page: all that its bytes depend on. */
  readonly pageKey: string;
  /** Key of the number of rows over all pages, shared by all queries that have the same. */
  readonly totalKey: string;
  readonly etag: string;
  /** What a cursor is bound to: query, view and tenants, without the data, the page and the form, which may change on the way. */
  readonly cursorBinding: string;
}

/** Besides the plan, what an answer depends on. */
export interface IdentityContext {
  readonly principal: Principal;
  readonly governance: Governance;
  readonly dataVersion: string;
  readonly form: PageForm;
  /** Keys the hashes, so that nobody outside can tell what an entry of a shared cache belongs to. 32 bytes. */
  readonly secret: Buffer;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** A cursor is good for a day: a page that holds one is tagged anew twice a day, so that a client that keeps it can go on. */
const TAG_MS = 12 * 3_600_000;

/** All that an identity takes from the time. */
export const tagPeriod = (nowMs: number): number => Math.floor(nowMs / TAG_MS);

export function identify(query: GovernedQuery, context: IdentityContext): PlanIdentity {
  const { principal, dataVersion, form, secret, nowMs } = context;
  const view = viewHash(query, dataVersion);
  const tenants = [...principal.tenants].sort();
  const caller = callerOf(context);
  const { page, count, rows, numbers } = query;
  const keyed = (...parts: readonly unknown[]): string =>
    createHmac('sha256', secret)
      .update(hash([...parts, caller]))
      .digest('hex');
  const pageKey = keyed('page', planHash(query), view, page, form, rows, numbers);
  const totalKey = keyed('total', totalHash(query, dataVersion));
  const tag = keyed('tag', pageKey, totalKey, count, tagPeriod(nowMs));
  return {
    queryHash: queryHash(query),
    viewHash: hash([view, tenants]),
    pageKey,
    totalKey,
    etag: `"${tag.slice(0, 32)}"`,
    cursorBinding: hash(['cursor', queryHash(query), viewHash(query, ''), tenants]),
  };
}

/** Beside the view, who sees it and by which rules: no byte crosses a tenant, a role or a change of the rules, whatever the view says. */
function callerOf({ principal, governance }: IdentityContext): readonly unknown[] {
  return [
    [...principal.tenants].sort(),
    [...new Set(principal.roles)].sort(),
    governance.policy.version,
    governance.catalog.version,
  ];
}
