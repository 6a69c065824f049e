import { literalType, readExact } from './numbers.js';
import { Comparison, Literal, Node } from './tree.js';
import {
  Arithmetic,
  arithmeticType,
  BOOLEAN,
  commonType,
  digitsOf,
  DOUBLE,
  INTEGER,
  NULL,
  TEXT,
  Type,
} from './types.js';
import { columnAt } from './world.js';

/** Makers of typed nodes: the language's rules for the type of an expression. */

export const columnOf = (path: string): Node => {
  const names = path.split('.');
  return { kind: 'column', path: names, type: columnAt(names).column.type };
};

export const textLiteral = (text: string): Literal => ({ kind: 'literal', type: TEXT, value: text, text });

export const booleanLiteral = (value: boolean): Literal => ({
  kind: 'literal',
  type: BOOLEAN,
  value,
  text: String(value),
});

export const NULL_LITERAL: Literal = { kind: 'literal', type: NULL, value: null, text: 'null' };

export function numberLiteral(text: string): Literal {
  const type = literalType(text);
  const value = type.kind === 'double' ? Number(text) : readExact(text).unscaled;
  return { kind: 'literal', type, value, text };
}

/** A date or time in quotes. */
export const timeLiteral = (type: Type, text: string): Literal => ({
  kind: 'literal',
  type,
  value: text,
  text,
});

export const call = (name: string, args: readonly Node[], type: Type): Node => ({
  kind: 'call',
  name,
  args,
  type,
});

/** A function whose arguments and value are of one type. */
export const unified = (name: string, args: readonly Node[]): Node =>
  call(name, args, commonType(args.map((arg) => arg.type)));

export const castTo = (operand: Node, type: Type): Node => ({ kind: 'cast', operand, type });

/** Whole numbers are whole; all others are rounded as doubles. */
export function rounding(name: string, args: readonly Node[]): Node {
  const isWhole = args.length === 1 && args[0]?.type.kind === 'integer';
  return call(name, args, isWhole ? INTEGER : DOUBLE);
}

export const arithmetic = (operator: Arithmetic, left: Node, right: Node): Node => ({
  kind: 'arithmetic',
  operator,
  left,
  right,
  type: arithmeticType(operator, left.type, right.type),
});

/** The minus before a number that is written is part of that number. */
export const minus = (operand: Node): Node =>
  operand.kind === 'literal' ? operand : { kind: 'negate', operand, type: operand.type };

export const compare = (operator: Comparison, left: Node, right: Node): Node => ({
  kind: 'comparison',
  operator,
  left,
  right,
  type: BOOLEAN,
});

export const predicate = (
  name: (Node & { kind: 'predicate' })['name'],
  operand: Node,
  values: readonly Node[],
  negated: boolean,
): Node => ({ kind: 'predicate', name, negated, operand, values, type: BOOLEAN });

export function caseOf(
  branches: readonly { readonly when: Node; readonly then: Node }[],
  otherwise: Node | null,
): Node {
  const values = [...branches.map(({ then }) => then), ...(otherwise ? [otherwise] : [])];
  return { kind: 'case', branches, otherwise, type: commonType(values.map(({ type }) => type)) };
}

export function aggregateOf(name: string, args: readonly Node[]): Node {
  return { kind: 'aggregate', name, args, type: aggregateType(name, args[0]?.type ?? INTEGER) };
}

/** A sum is exact while ten million of the widest values fit into 38 digits. */
function aggregateType(name: string, arg: Type): Type {
  if (['min', 'max', 'any_value', 'first', 'last'].includes(name)) return arg;
  if (['avg', 'stddev', 'median', 'quantile'].includes(name)) return DOUBLE;
  if (name !== 'sum') return INTEGER;
  const isExact = arg.kind === 'integer' || (arg.kind === 'decimal' && arg.precision <= 28);
  return isExact ? { kind: 'decimal', precision: 38, scale: digitsOf(arg).scale } : DOUBLE;
}
