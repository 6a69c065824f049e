import { compileCount, compileSample, duckDbDialect, GovernedQuery, ownRows } from '@sluice/query-dsl';
import { CachedTotal } from '../ports.js';
import { KeptResults, Wanting } from './kept-results.js';
import { identify, IdentityContext } from './plan-identity.js';
import { Plan, RunLimits, runOptions } from './plan.js';

/** Up to here counting takes no longer than estimating (SPEC Q8). */
export const ESTIMATE_ABOVE_ROWS = 100_000;
/** One of the caller's own rows in so many is looked at. */
export const SAMPLE_SHARE = 8;
/** Fewer hits say too little: with so many, the estimate's standard error is about 3 %. */
const LEAST_HITS = 1_000;

/**
 * How many rows a plan has over all pages, counted once for all plans that have the same. An estimate is made from the caller's own rows
 * alone, and always from the same ones: statistics of the engine are about everybody's (decision 022).
 */
export class Totals {
  constructor(
    private readonly kept: KeptResults,
    private readonly limits: RunLimits,
    private readonly secret: Buffer,
  ) {}

  /** The total as far as it is known; `null` when none is asked for. */
  async find({ query, identity }: Plan, wanting: Wanting): Promise<CachedTotal | null | undefined> {
    if (query.count === 'none') return null;
    const exact = await this.kept.find('total', identity.totalKey, wanting);
    if (exact || !isEstimated(query)) return exact;
    return this.kept.find('total', estimateKey(identity.totalKey), wanting);
  }

  make(plan: Plan, wanting: Wanting): Promise<CachedTotal> {
    return isEstimated(plan.query) ? this.estimate(plan, wanting) : this.count(plan, wanting);
  }

  /** Rows of the plan's dataset that the caller may see. */
  async ownRows(plan: Plan, wanting: Wanting): Promise<number> {
    const query = ownRows(plan.query);
    const { principal, governance, nowMs, form } = plan;
    const { dataVersion } = plan.snapshot.data;
    const context: IdentityContext = { principal, governance, dataVersion, form, secret: this.secret, nowMs };
    const own = { ...plan, query, identity: identify(query, context) };
    const total =
      (await this.kept.find('total', own.identity.totalKey, wanting)) ?? (await this.count(own, wanting));
    return total.rows;
  }

  private count(plan: Plan, wanting: Wanting): Promise<CachedTotal> {
    return this.kept.make('total', plan.identity.totalKey, wanting, async (signal) => {
      const [rows = 0] = await this.numbers(plan, compileCount(plan.query, duckDbDialect), signal);
      return { kind: 'total', rows, isExact: true };
    });
  }

  private async estimate(plan: Plan, wanting: Wanting): Promise<CachedTotal> {
    // The size of the table is the same for all queries, whatever this one says of the cache.
    const own = await this.ownRows(plan, { ...wanting, noCache: false });
    if (own <= ESTIMATE_ABOVE_ROWS) return this.count(plan, wanting);
    const key = estimateKey(plan.identity.totalKey);
    return this.kept.make('total', key, wanting, async (signal) => {
      const statement = compileSample(plan.query, SAMPLE_SHARE, duckDbDialect);
      const [looked = 0, hits = 0] = await this.numbers(plan, statement, signal);
      if (hits < LEAST_HITS) return this.count(plan, { ...wanting, signal });
      return { kind: 'total', rows: Math.round((own * hits) / looked), isExact: false };
    });
  }

  private numbers(
    plan: Plan,
    statement: Parameters<Plan['snapshot']['data']['query']>[0],
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    return plan.snapshot.during(async (data) => {
      const [row = []] = await data.query(statement, runOptions(plan, this.limits, signal));
      return row.map(Number);
    });
  }
}

/** Without a filter the number is that of the caller's rows; that of groups cannot be told from a sample. */
const isEstimated = ({ count, grouped, filter }: GovernedQuery): boolean =>
  count === 'estimated' && !grouped && filter !== null;

const estimateKey = (totalKey: string): string => `${totalKey}~`;
