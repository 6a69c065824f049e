import { PageForm, Principal } from '@sluice/contracts';
import { AnalyticEngine } from '@sluice/engine';
import { Governance, planQuery } from '@sluice/policy';
import { GovernedQuery, openCursor, Purpose } from '@sluice/query-dsl';
import { Clock, GovernanceSource } from '../ports.js';
import { identify, tagPeriod } from './plan-identity.js';
import { PlanMemo } from './plan-memo.js';
import { Plan } from './plan.js';
import { SharedSnapshot } from './shared-snapshot.js';

/** What plans are made from. */
export interface PlanSources {
  readonly engine: AnalyticEngine;
  readonly governance: GovernanceSource;
  readonly clock: Clock;
}

/** 32 bytes each. */
export interface PlanKeys {
  readonly cache: Buffer;
  readonly cursor: Buffer;
}

export interface PlanWish {
  readonly principal: Principal;
  readonly body: unknown;
  readonly purpose: Purpose;
  readonly form?: PageForm;
  /** JSON pointer of the query inside the request. */
  readonly pointer?: string;
}

/** Makes plans over the catalogue, policy and data in force. */
export class Planner {
  private readonly memo = new PlanMemo();

  constructor(
    private readonly sources: PlanSources,
    private readonly keys: PlanKeys,
  ) {}

  /**
   * Plans and uses the plan; its data stay open until `use` has ended. Throws a `SluiceError` for what is wrong with the query.
   *
   * @param onPlanned told as soon as the query is known to be allowed
   */
  async plan<T>(
    wish: PlanWish,
    onPlanned: (query: GovernedQuery) => void,
    use: (plan: Plan) => Promise<T>,
  ): Promise<T> {
    const { principal, form = 'json' } = wish;
    const governance = this.sources.governance.current();
    const now = this.sources.clock();
    const nowMs = Number(now / 1_000n);
    const snapshot = new SharedSnapshot(this.sources.engine.snapshot());
    try {
      const { dataVersion } = snapshot.data;
      const { body, purpose, pointer = '' } = wish;
      const question = { principal, body, purpose, pointer, form, dataVersion, period: tagPeriod(nowMs) };
      const { query, identity } = this.memo.find(question, governance, () => {
        const planned = this.planInTime(wish, governance, now);
        const context = { principal, governance, dataVersion, form, secret: this.keys.cache, nowMs };
        return { query: planned, identity: identify(planned, context) };
      });
      onPlanned(query);
      return await use({ query, form, principal, governance, identity, snapshot, nowMs });
    } finally {
      snapshot.release();
    }
  }
  /** A page that continues a walk is planned by the clock of its first page. */
  private planInTime(wish: PlanWish, governance: Governance, now: bigint): GovernedQuery {
    const query = planQuery({ ...wish, now }, governance);
    const after = query.page?.after ?? null;
    if (after === null || query.asOf === null) return query;
    const { asOf } = openCursor(after, this.keys.cursor, '/page/after', Number(now / 1_000n));
    return asOf === null || asOf === query.asOf ? query : planQuery({ ...wish, now: asOf }, governance);
  }
}
