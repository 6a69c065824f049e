/** What one query may hold (SPEC Q7, Q11). Each refusal names the limit and its value. */
export const LIMITS = {
  pageLimit: 5_000,
  offset: 100_000,
  filterNodes: 500,
  inValues: 10_000,
  depth: 32,
  selectItems: 200,
  sortItems: 32,
  relations: 16,
  expressionLength: 4_000,
  /** The engine takes 1,000 levels of nesting; a guarded operator costs it seven. */
  expressionOperators: 80,
  /** Levels and nodes of an expression whose names are looked up; one node may cost the engine up to eight levels. */
  boundDepth: 120,
  boundNodes: 4_000,
  nameLength: 128,
  textLength: 65_536,
  /** How many times as long as a column's text an expression may make its own. */
  textGrowth: 32,
  /** How far back `inLast` reaches. */
  lastYears: 1_000,
} as const;
