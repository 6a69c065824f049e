import { PageForm, Principal } from '@sluice/contracts';
import { AnalyticEngine } from '@sluice/engine';
import { planQuery } from '@sluice/policy';
import { GovernedQuery, Purpose } from '@sluice/query-dsl';
import { GovernanceSource } from '../ports.js';
import { identify } from './plan-identity.js';
import { Plan } from './plan.js';
import { SharedSnapshot } from './shared-snapshot.js';

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
  constructor(
    private readonly sources: { readonly engine: AnalyticEngine; readonly governance: GovernanceSource },
    private readonly secret: Buffer,
    private readonly now: () => number = Date.now,
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
    const query = planQuery(wish, governance);
    onPlanned(query);
    const snapshot = new SharedSnapshot(this.sources.engine.snapshot());
    try {
      const { dataVersion } = snapshot.data;
      const nowMs = this.now();
      const context = { principal, governance, dataVersion, form, secret: this.secret, nowMs };
      const identity = identify(query, context);
      return await use({ query, form, principal, governance, identity, snapshot, nowMs });
    } finally {
      snapshot.release();
    }
  }
}
