import { Arithmetic, Type, Value } from './types.js';

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** A value as it is written: `text` is its spelling, without quotes. */
export interface Literal {
  readonly kind: 'literal';
  readonly type: Type;
  readonly value: Value;
  readonly text: string;
}

/** A typed expression. The request's text and the oracle's answer are both made from it, so the oracle parses nothing. */
export type Node =
  | Literal
  | { readonly kind: 'column'; readonly path: readonly string[]; readonly type: Type }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[]; readonly type: Type }
  | { readonly kind: 'aggregate'; readonly name: string; readonly args: readonly Node[]; readonly type: Type }
  | { readonly kind: 'cast'; readonly operand: Node; readonly type: Type }
  | {
      readonly kind: 'arithmetic';
      readonly operator: Arithmetic;
      readonly left: Node;
      readonly right: Node;
      readonly type: Type;
    }
  | {
      readonly kind: 'comparison';
      readonly operator: Comparison;
      readonly left: Node;
      readonly right: Node;
      readonly type: Type;
    }
  | {
      readonly kind: 'logic';
      readonly operator: 'and' | 'or';
      readonly left: Node;
      readonly right: Node;
      readonly type: Type;
    }
  | { readonly kind: 'not' | 'negate'; readonly operand: Node; readonly type: Type }
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: Node; readonly then: Node }[];
      readonly otherwise: Node | null;
      readonly type: Type;
    }
  | {
      readonly kind: 'predicate';
      readonly name: 'in' | 'between' | 'like' | 'is null';
      readonly negated: boolean;
      readonly operand: Node;
      readonly values: readonly Node[];
      readonly type: Type;
    };

/** A filter of the request. `op` is spelt as the API has it. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly Filter[] }
  | { readonly kind: 'not'; readonly node: Filter }
  | {
      readonly kind: 'condition';
      readonly subject: Node;
      readonly op: string;
      readonly values: readonly Literal[];
    };

export interface Item {
  readonly node: Node;
  /** Null leaves the name to the expression's text. */
  readonly alias: string | null;
}

export interface Sort {
  readonly node: Node;
  /** Index of the item that is named instead of writing the expression. */
  readonly item: number | null;
  readonly direction: 'asc' | 'desc';
}

export interface Query {
  /** Null selects all columns. */
  readonly items: readonly Item[] | null;
  readonly filter: Filter | null;
  readonly having: Filter | null;
  readonly sort: readonly Sort[];
  readonly distinct: boolean;
  readonly count: 'exact' | 'estimated' | 'none';
  readonly timezone: string;
  readonly rows: 'object' | 'array';
  readonly numbers: 'json' | 'string';
  readonly form: 'json' | 'csv' | 'ndjson';
  readonly limit: number;
  /** Null walks all pages by cursor. */
  readonly offset: number | null;
}

/** The nodes directly below one. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'column':
      return [];
    case 'call':
    case 'aggregate':
      return node.args;
    case 'arithmetic':
    case 'comparison':
    case 'logic':
      return [node.left, node.right];
    case 'not':
    case 'negate':
    case 'cast':
      return [node.operand];
    case 'case':
      return [
        ...node.branches.flatMap(({ when, then }) => [when, then]),
        ...(node.otherwise ? [node.otherwise] : []),
      ];
    case 'predicate':
      return [node.operand, ...node.values];
  }
}

export function nodesIn(node: Node): readonly Node[] {
  return [node, ...childrenOf(node).flatMap(nodesIn)];
}

export function nodesOfFilter(filter: Filter): readonly Node[] {
  if (filter.kind === 'condition') return [...nodesIn(filter.subject), ...filter.values];
  return filter.kind === 'not' ? nodesOfFilter(filter.node) : filter.nodes.flatMap(nodesOfFilter);
}

export const holdsAggregate = (node: Node): boolean => nodesIn(node).some(({ kind }) => kind === 'aggregate');

/** Whether a query's rows are groups. */
export function isGrouped(query: Query & { readonly items: readonly Item[] }): boolean {
  const nodes = [...query.items.map(({ node }) => node), ...query.sort.map(({ node }) => node)];
  return nodes.some(holdsAggregate) || query.having !== null || query.distinct;
}
