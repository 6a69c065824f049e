import { PageForm, Principal } from '@sluice/contracts';
import { EngineSnapshot } from '@sluice/engine';
import { GovernedQuery, KeysetPosition } from '@sluice/query-dsl';
import { Governance } from '@sluice/policy';
import { PlanIdentity } from './plan-identity.js';
import { SharedSnapshot } from './shared-snapshot.js';

/** A query that is allowed, over one version of the data: all that an answer is made from. */
export interface Plan {
  readonly query: GovernedQuery;
  readonly form: PageForm;
  readonly principal: Principal;
  readonly governance: Governance;
  readonly identity: PlanIdentity;
  readonly snapshot: SharedSnapshot;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Where the page begins; null for the first page and for an offset. */
export type Start = KeysetPosition | null;

/** Runs statements of a plan: `options` of the engine but for the signal. */
export interface RunLimits {
  /** Longest that a statement may run, in ms. */
  readonly timeoutMs: number;
}

export const isFirstPage = ({ page }: GovernedQuery): boolean => page?.after === null && page.offset === 0;

/** What a plan's statements are run with; waiting in line is shared fairly between tenants. */
export function runOptions(
  { principal }: Plan,
  { timeoutMs }: RunLimits,
  signal: AbortSignal,
): Parameters<EngineSnapshot['query']>[1] {
  return { signal, timeoutMs, tenant: principal.tenants[0] };
}
