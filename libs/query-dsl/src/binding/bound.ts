import { ColumnType, Dataset, Relation } from '@sluice/catalog';
import { CountMode, PageSyntax } from '../syntax/query-syntax.js';
import { ScalarValue } from '../statement.js';

export type ComparisonName = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte';

/**
 * What an operation does; each dialect has one template a name. None of them may raise on a row: where the engine would,
 * the template gives NULL instead.
 */
export type OperationName =
  | ComparisonName
  | 'and'
  | 'or'
  | 'not'
  | 'is-null'
  /** Value, least, greatest: both included. */
  | 'between'
  /** False, or NULL where the argument is NULL: a comparison that no value of the type can satisfy. */
  | 'never'
  /** True, or NULL where the argument is NULL. */
  | 'always'
  | 'like'
  | 'ilike'
  | 'starts_with'
  | 'ends_with'
  | 'contains'
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'modulo'
  | 'negate'
  /** To a wider type; NULL where the value does not fit. */
  | 'convert'
  /** What a caller's `cast` asks for; NULL where the value does not fit. Value, and zone where a time is read or written. */
  | 'cast'
  /** A local time without zone (first) in a zone (second), as an instant. */
  | 'local-to-instant'
  /** The other way: an instant (first) on the local clock of a zone (second), without zone. */
  | 'instant-to-local'
  | 'abs'
  | 'round'
  | 'floor'
  | 'ceil'
  | 'sqrt'
  | 'ln'
  | 'exp'
  | 'power'
  | 'sign'
  | 'lower'
  | 'upper'
  | 'trim'
  | 'length'
  | 'substring'
  | 'replace'
  | 'concat'
  | 'coalesce'
  | 'nullif'
  | 'greatest'
  | 'least'
  /** Unit, time without zone. */
  | 'date_trunc'
  | 'date_part'
  /** Unit (hour or shorter), instant, zone: what the local clock shows beyond the unit is taken off. */
  | 'trunc-elapsed'
  /** Unit, two times without zone: the beginnings of the unit between them. */
  | 'date_diff'
  /** Two times without zone: the Mondays between them. */
  | 'weeks-between'
  /** Time, number, factor: adds `number * factor` months, days or seconds. */
  | 'add-months'
  | 'add-days'
  | 'add-seconds';

export type AggregateName =
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'count'
  | 'count_distinct'
  | 'count_rows'
  | 'approx_count_distinct'
  /** Value, fraction. */
  | 'quantile'
  | 'stddev'
  /** Value, then the keys that order the rows. */
  | 'first'
  | 'last'
  /** Value, what orders the rows, then the keys that settle ties. */
  | 'first_by'
  | 'last_by';

/** A use of a column. `scan` is an index into the query's scans. */
export interface ColumnUse {
  readonly kind: 'column';
  readonly scan: number;
  readonly name: string;
  readonly type: ColumnType;
  /** JSON pointer of the part of the request that names it. */
  readonly pointer: string;
}

export interface Literal {
  readonly kind: 'literal';
  readonly type: ColumnType;
  readonly value: ScalarValue;
  /** Set where the value comes from the clock: what the request says instead, such as `now()`. */
  readonly clock?: string;
}

/** A typed expression over the columns of the scans. Immutable; changing means making a new tree. */
export type BoundExpression =
  | ColumnUse
  | Literal
  | {
      readonly kind: 'operation';
      readonly name: OperationName;
      readonly args: readonly BoundExpression[];
      readonly type: ColumnType;
    }
  | {
      readonly kind: 'aggregate';
      readonly name: AggregateName;
      readonly args: readonly BoundExpression[];
      readonly type: ColumnType;
    }
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: BoundExpression; readonly then: BoundExpression }[];
      readonly otherwise: BoundExpression | null;
      readonly type: ColumnType;
    }
  | {
      readonly kind: 'in';
      readonly operand: BoundExpression;
      /** All of the operand's type. */
      readonly values: readonly ScalarValue[];
      /** The zone in which the values are local times; null where they are values as they stand. */
      readonly localTo: string | null;
      readonly type: ColumnType;
    };

/** One use of a base table. The first stands for the query's dataset, the others for relations, once each. */
export interface Scan {
  readonly dataset: Dataset;
  /** How it hangs on an earlier scan; null for the first. */
  readonly via: { readonly scan: number; readonly relation: Relation } | null;
}

export interface BoundItem {
  readonly name: string;
  readonly expression: BoundExpression;
  /** JSON pointer of the item. */
  readonly pointer: string;
}

export interface BoundSort {
  readonly expression: BoundExpression;
  readonly direction: 'asc' | 'desc';
}

/** A query whose names are looked up and whose types fit; not yet narrowed by policy, so no compiler takes it. */
export interface BoundQuery {
  readonly scans: readonly [Scan, ...Scan[]];
  readonly items: readonly BoundItem[];
  readonly filter: BoundExpression | null;
  readonly having: BoundExpression | null;
  /** Aggregates or `distinct` are used: the items without an aggregate are the grouping keys. */
  readonly grouped: boolean;
  readonly sort: readonly BoundSort[];
  readonly page: PageSyntax | null;
  readonly count: CountMode;
  readonly timezone: string;
  /** The instant that `now()` stands for, microseconds since 1970, or null where nothing depends on the clock. */
  readonly asOf: bigint | null;
  readonly rows: 'object' | 'array';
  readonly numbers: 'json' | 'string';
}

/** All expressions of a query, as roots. */
export function rootsOf(
  query: Pick<BoundQuery, 'items' | 'sort' | 'filter' | 'having'>,
): readonly BoundExpression[] {
  return [
    ...query.items.map(({ expression }) => expression),
    ...query.sort.map(({ expression }) => expression),
    ...[query.filter, query.having].flatMap((expression) => expression ?? []),
  ];
}

/** The expressions directly below one. */
export function childrenOf(expression: BoundExpression): readonly BoundExpression[] {
  switch (expression.kind) {
    case 'column':
    case 'literal':
      return [];
    case 'operation':
    case 'aggregate':
      return expression.args;
    case 'in':
      return [expression.operand];
    case 'case': {
      const branches = expression.branches.flatMap(({ when, then }) => [when, then]);
      return expression.otherwise ? [...branches, expression.otherwise] : branches;
    }
  }
}

/** An expression and all below it, parents first. */
export function* walk(expression: BoundExpression): Iterable<BoundExpression> {
  yield expression;
  for (const child of childrenOf(expression)) yield* walk(child);
}

export function hasAggregate(expression: BoundExpression): boolean {
  return expression.kind === 'aggregate' || childrenOf(expression).some(hasAggregate);
}
