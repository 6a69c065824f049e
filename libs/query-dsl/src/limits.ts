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
  nameLength: 128,
  textLength: 65_536,
} as const;
