import { AuditSink, ErrorPayload, ExplainQuery, QueryExplanation, SluiceError } from '@sluice/contracts';
import { Note, recorded } from '@sluice/service-kit';
import { Guards } from '../guards/guards.js';
import { Answers } from '../page/answers.js';
import { columnsUsed } from '../page/columns-used.js';
import { Wanting } from '../page/kept-results.js';
import { Plan } from '../page/plan.js';
import { Planner } from '../page/planner.js';
import { Totals } from '../page/totals.js';
import { describePlan } from './describe-plan.js';

export interface ExplainSources {
  readonly planner: Planner;
  readonly guards: Guards;
  readonly answers: Answers;
  readonly totals: Totals;
}

/** Refusals of the guards: told as part of an explanation, since the query itself is in order. */
const GUARD_CODES: readonly string[] = ['query-too-broad', 'unavailable'];

/** Tells what a query would do without running it (SPEC Q13). Nothing in it depends on rows that the caller may not see. */
export class ExplainQueryUseCase {
  constructor(
    private readonly sources: ExplainSources,
    private readonly audit: AuditSink,
  ) {}

  /** Throws what the query itself would be refused with: only a plan can be explained. */
  explain(request: ExplainQuery, signal: AbortSignal): Promise<QueryExplanation> {
    const { principal, origin } = request;
    const tenant = principal.tenants[0];
    const asked = { action: 'query.explain', principal, tenant, origin, jobId: null } as const;
    return recorded(this.audit, asked, (note) => this.answer(request, signal, note));
  }

  private answer(
    { body, principal }: ExplainQuery,
    signal: AbortSignal,
    note: Note,
  ): Promise<QueryExplanation> {
    return this.sources.planner.plan(
      { body, principal, purpose: 'page' },
      (query) => note({ dataset: query.scans[0].dataset.name, ...columnsUsed(query) }),
      async (plan) => {
        note({ queryHash: plan.identity.queryHash });
        this.sources.answers.startOf(plan);
        const wanting = { signal, noCache: false };
        const wouldRefuse = await this.refusalOf(plan, wanting);
        const [{ dataset }] = plan.query.scans;
        const holdsData = plan.snapshot.data.rowCount(dataset.name) > 0;
        return {
          ...describePlan(plan),
          estimatedRows: holdsData ? await this.sources.totals.ownRows(plan, wanting) : null,
          cached: (await this.sources.answers.find(plan, wanting)) !== undefined,
          wouldRefuse,
        };
      },
    );
  }

  private async refusalOf(plan: Plan, wanting: Wanting): Promise<ErrorPayload | null> {
    try {
      await this.sources.guards.check(plan, wanting, '');
      return null;
    } catch (error) {
      const refusal = SluiceError.from(error);
      if (GUARD_CODES.includes(refusal.code)) return refusal.toPayload();
      throw error;
    }
  }
}
