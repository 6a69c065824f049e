import { ColumnType, Dataset, Relation } from '@sluice/catalog';
import { PageSyntax } from '../syntax/query-syntax.js';
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
  /** To the type of the operation; NULL where the value does not fit. */
  | 'convert'
  /** A local time without zone (first) in a zone (second), as an instant. */
  | 'local-to-instant'
  | 'abs'
  | 'round'
  | 'floor'
  | 'ceil'
  | 'lower'
  | 'upper'
  | 'trim'
  | 'length'
  | 'substring'
  | 'concat'
  | 'coalesce'
  | 'nullif'
  | 'greatest'
  | 'least'
  /** Unit, time, zone. */
  | 'date_trunc'
  | 'date_part';

export type AggregateName = 'sum' | 'avg' | 'min' | 'max' | 'count' | 'count_distinct' | 'count_rows';

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
  readonly count: 'exact' | 'estimated' | 'none';
  readonly timezone: string;
  readonly rows: 'object' | 'array';
  readonly numbers: 'json' | 'string';
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
