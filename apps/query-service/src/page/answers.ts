import { KeysetPosition, openCursor, sealCursor } from '@sluice/query-dsl';
import { CachedPage, CachedTotal } from '../ports.js';
import { KeptResults, Wanting } from './kept-results.js';
import { isFirstPage, Plan, RunLimits, runOptions, Start } from './plan.js';
import { runPage } from './run-page.js';
import { Totals } from './totals.js';

/** A page with its total, before it is put into the words of an answer. */
export interface Answer {
  readonly page: CachedPage;
  /** Null where none is asked for. */
  readonly total: { readonly rows: number; readonly isExact: boolean } | null;
  /** Nothing was run for it. */
  readonly cached: boolean;
}

/** Finds what is kept of an answer and runs the rest. */
export class Answers {
  constructor(
    private readonly kept: KeptResults,
    private readonly totals: Totals,
    private readonly limits: RunLimits,
    /** 32 bytes. */
    private readonly cursorKey: Buffer,
  ) {}

  /** Where the page begins. Throws `invalid-cursor`. */
  startOf({ query, identity, nowMs }: Plan): Start {
    const after = query.page?.after ?? null;
    if (after === null) return null;
    return openCursor(after, this.cursorKey, '/page/after', nowMs).positionFor(identity.cursorBinding);
  }

  /** The answer when all of it is kept. */
  async find(plan: Plan, wanting: Wanting): Promise<Answer | undefined> {
    const { page, total } = await this.look(plan, wanting);
    return page && total !== undefined ? { page, total, cached: true } : undefined;
  }

  /** Page and total run at the same time where both have to. */
  async findOrMake(plan: Plan, start: Start, wanting: Wanting): Promise<Answer> {
    const found = await this.look(plan, wanting);
    if (found.page && found.total !== undefined)
      return { page: found.page, total: found.total, cached: true };
    if (found.page) {
      return { page: found.page, total: await this.totals.make(plan, wanting), cached: false };
    }
    if (found.total !== undefined) {
      const page = await this.makePage(plan, start, wanting);
      return { page, total: wholeTotal(plan, page) ?? found.total, cached: false };
    }
    return this.makeBoth(plan, start, wanting);
  }

  private async look(
    plan: Plan,
    wanting: Wanting,
  ): Promise<{ readonly page?: CachedPage; readonly total?: CachedTotal | null }> {
    const [page, total] = await Promise.all([
      this.kept.find('page', plan.identity.pageKey, wanting),
      this.totals.find(plan, wanting),
    ]);
    const told = page && total === undefined ? wholeTotal(plan, page) : total;
    return { ...(page && { page }), ...(told !== undefined && { total: told }) };
  }

  private async makeBoth(plan: Plan, start: Start, wanting: Wanting): Promise<Answer> {
    // Groups mostly fit on their first page, and counting them costs as much as making them.
    if (plan.query.grouped && isFirstPage(plan.query)) {
      const page = await this.makePage(plan, start, wanting);
      const total = wholeTotal(plan, page) ?? (await this.totals.make(plan, wanting));
      return { page, total, cached: false };
    }
    const stopCount = new AbortController();
    const signal = AbortSignal.any([wanting.signal, stopCount.signal]);
    const counting = this.totals.make(plan, { ...wanting, signal });
    // Its failure counts only where the page does not tell the total.
    counting.catch(() => undefined);
    try {
      const page = await this.makePage(plan, start, wanting);
      return { page, total: wholeTotal(plan, page) ?? (await counting), cached: false };
    } finally {
      stopCount.abort();
    }
  }

  private makePage(plan: Plan, start: Start, wanting: Wanting): Promise<CachedPage> {
    const { identity, nowMs, query, snapshot } = plan;
    const seal = (position: KeysetPosition): string =>
      sealCursor({ position, asOf: query.asOf }, identity.cursorBinding, this.cursorKey, nowMs);
    return this.kept.make('page', identity.pageKey, wanting, (signal) =>
      snapshot.during((data) => runPage(plan, start, data, runOptions(plan, this.limits, signal), seal)),
    );
  }
}

/** A first page without a next one tells the total by itself. */
function wholeTotal({ query }: Plan, { hasMore, returned }: CachedPage): CachedTotal | undefined {
  if (hasMore || !isFirstPage(query) || query.count === 'none') return undefined;
  return { kind: 'total', rows: returned, isExact: true };
}
