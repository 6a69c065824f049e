import { BoundExpression, BoundQuery, rootsOf, Scan, walk } from './binding/bound.js';
import { MaskKey } from './mask-key.js';

/** How a column reaches the caller. A denied column is not in the tree at all. */
export type Treatment = 'clear' | 'hash' | 'partial' | 'mask' | 'null';

/** A scan with what policy says about it. */
export interface GovernedScan extends Scan {
  /** Rows that the caller may see: over this scan's own columns as they are, whatever scan their uses name; all must hold. */
  readonly predicates: readonly BoundExpression[];
  readonly treatments: ReadonlyMap<string, Treatment>;
}

declare const passedPolicy: unique symbol;

/** A query that policy has narrowed. The only thing that the compiler takes, and only `govern` makes one. */
export interface GovernedQuery extends Omit<BoundQuery, 'scans'> {
  readonly scans: readonly [GovernedScan, ...GovernedScan[]];
  /** Groups of fewer rows are left out of the answer; 1 leaves none out. */
  readonly smallestGroup: number;
  /** Never null where a column is hashed. */
  readonly maskKey: MaskKey | null;
  /** `askedAt`, or null where nothing depends on the clock, policy included. */
  readonly asOf: bigint | null;
  readonly [passedPolicy]: true;
}

/** What policy says of a query as a whole. */
export type GovernedWhole = Pick<GovernedQuery, 'smallestGroup' | 'maskKey'>;

/**
 * Puts a query behind its scans' predicates and treatments. To be called by libs/policy alone. Throws where a column is to be
 * hashed and there is no key.
 */
export function govern(
  query: BoundQuery,
  scans: readonly [GovernedScan, ...GovernedScan[]],
  whole: GovernedWhole = { smallestGroup: 1, maskKey: null },
): GovernedQuery {
  const hashes = scans.some(({ treatments }) => [...treatments.values()].includes('hash'));
  if (hashes && !whole.maskKey) throw new Error('A column is to be hashed, but there is no key.');
  const expressions = [...rootsOf(query), ...scans.flatMap(({ predicates }) => predicates)];
  const asOf = expressions.some(usesClock) ? query.askedAt : null;
  return { ...query, ...whole, asOf, scans } as unknown as GovernedQuery;
}

function usesClock(expression: BoundExpression): boolean {
  return [...walk(expression)].some((node) => node.kind === 'literal' && node.clock !== undefined);
}

/** How an output item is treated: that of the column, when it is one. */
export function treatmentOf(query: GovernedQuery, expression: BoundExpression): Treatment {
  if (expression.kind !== 'column') return 'clear';
  return query.scans[expression.scan]?.treatments.get(expression.name) ?? 'clear';
}
