import { BoundExpression, BoundQuery, Scan } from './binding/bound.js';

/** How a column reaches the caller. A denied column is not in the tree at all. */
export type Treatment = 'clear' | 'mask' | 'partial' | 'null';

/** A scan with what policy says about it. */
export interface GovernedScan extends Scan {
  /** Rows that the caller may see: over this scan's own columns, all of them must hold. */
  readonly predicates: readonly BoundExpression[];
  readonly treatments: ReadonlyMap<string, Treatment>;
}

declare const passedPolicy: unique symbol;

/** A query that policy has narrowed. The only thing that the compiler takes, and only `govern` makes one. */
export interface GovernedQuery extends Omit<BoundQuery, 'scans'> {
  readonly scans: readonly [GovernedScan, ...GovernedScan[]];
  readonly [passedPolicy]: true;
}

/** Puts a query behind its scans' predicates and treatments. To be called by libs/policy alone. */
export function govern(query: BoundQuery, scans: readonly [GovernedScan, ...GovernedScan[]]): GovernedQuery {
  return { ...query, scans } as unknown as GovernedQuery;
}

/** How an output item is treated: that of the column, when it is one. */
export function treatmentOf(query: GovernedQuery, expression: BoundExpression): Treatment {
  if (expression.kind !== 'column') return 'clear';
  return query.scans[expression.scan]?.treatments.get(expression.name) ?? 'clear';
}
