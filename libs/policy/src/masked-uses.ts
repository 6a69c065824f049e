import { BoundExpression, childrenOf, ColumnUse, GovernedQuery, refusal, Treatment } from '@sluice/query-dsl';

/** Aggregates that a hash answers as well as the value behind it would. */
const COUNTS: readonly string[] = ['count', 'count_distinct', 'approx_count_distinct'];
/** Operations that tell of a value whether it is there, and nothing else. */
const PRESENCE: readonly string[] = ['is-null', 'never', 'always'];
const EQUALITY: readonly string[] = ['eq', 'ne'];

/**
 * Refuses what could tell something of a masked column (SPEC P5): any use of a masked, partial or null one but selecting it as it is, in
 * a query without groups; any use of a hashed one but what its hash can answer. Throws `column-masked` with the pointer of the use.
 */
export function refuseMaskedUses(query: GovernedQuery): void {
  for (const { expression } of query.items) {
    const isBareItem = expression.kind === 'column' && !query.grouped;
    if (!isBareItem) refuseIn(expression, query);
  }
  for (const { expression } of query.sort) refuseIn(expression, query);
  for (const condition of [query.filter, query.having]) if (condition) refuseIn(condition, query);
}

function refuseIn(expression: BoundExpression, query: GovernedQuery): void {
  for (const { column, parent } of usesIn(expression, null)) {
    const treatment = query.scans[column.scan]?.treatments.get(column.name) ?? 'null';
    if (!mayStand(treatment, column, parent)) throw masked(column, treatment);
  }
}

function mayStand(treatment: Treatment, column: ColumnUse, parent: BoundExpression | null): boolean {
  if (treatment === 'clear') return true;
  return treatment === 'hash' && (parent === null || answersByHash(parent, column));
}

/** A list of what is allowed: a use that nobody has thought of is refused. */
function answersByHash(parent: BoundExpression, column: ColumnUse): boolean {
  switch (parent.kind) {
    case 'aggregate':
      return COUNTS.includes(parent.name);
    case 'in':
      return true;
    case 'operation':
      if (PRESENCE.includes(parent.name)) return true;
      return (
        EQUALITY.includes(parent.name) && parent.args.every((arg) => arg === column || arg.kind === 'literal')
      );
    case 'case':
    case 'column':
    case 'literal':
      return false;
  }
}

interface Use {
  readonly column: ColumnUse;
  /** What the column stands directly in; null when it stands by itself. */
  readonly parent: BoundExpression | null;
}

function* usesIn(expression: BoundExpression, parent: BoundExpression | null): Iterable<Use> {
  if (expression.kind === 'column') yield { column: expression, parent };
  else for (const child of childrenOf(expression)) yield* usesIn(child, expression);
}

function masked({ name, pointer }: ColumnUse, treatment: Treatment): Error {
  const may =
    treatment === 'hash'
      ? 'it may be selected, grouped, sorted and counted, and compared by = and <> with written hashes'
      : 'it may only be selected as it is';
  return refusal('column-masked', `"${name}" is masked for your role: ${may}.`, { pointer });
}
