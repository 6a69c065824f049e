import { Expression, Place } from './expression.js';

export const CONDITION_OPERATORS = [
  'eq',
  'ne',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'notIn',
  'between',
  'notBetween',
  'like',
  'notLike',
  'ilike',
  'startsWith',
  'endsWith',
  'contains',
  'isNull',
  'isNotNull',
  'inLast',
  'during',
] as const;
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number];

/** A JSON value that a condition compares with. */
export type JsonScalar = string | number | boolean;

/** A filter or having as it was written. */
export type FilterSyntax =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly FilterSyntax[] }
  | { readonly kind: 'not'; readonly node: FilterSyntax }
  | {
      readonly kind: 'condition';
      readonly subject: Expression;
      readonly operator: ConditionOperator;
      /** None for isNull, one for most, two for between, any number for in. */
      readonly values: readonly { readonly value: JsonScalar; readonly place: Place }[];
      readonly place: Place;
    };

export interface SelectSyntax {
  readonly expression: Expression;
  /** The name in the answer: given with `as`, else the text as written. */
  readonly name: string;
  readonly place: Place;
}

export interface SortSyntax {
  readonly expression: Expression;
  readonly direction: 'asc' | 'desc';
  readonly place: Place;
}

export interface PageSyntax {
  readonly limit: number;
  readonly after: string | null;
  readonly offset: number;
}

/** How the rows over all pages are counted, if at all. */
export type CountMode = 'exact' | 'estimated' | 'none';

/** A request body, read: every key known, every shape right, no name looked up yet. */
export interface QuerySyntax {
  readonly dataset: string | null;
  /** Null stands for all columns. */
  readonly select: readonly SelectSyntax[] | null;
  readonly filter: FilterSyntax | null;
  readonly having: FilterSyntax | null;
  readonly sort: readonly SortSyntax[];
  /** Null only for an export. */
  readonly page: PageSyntax | null;
  readonly distinct: boolean;
  readonly count: CountMode;
  /** IANA name. */
  readonly timezone: string;
  readonly rows: 'object' | 'array';
  readonly numbers: 'json' | 'string';
}
