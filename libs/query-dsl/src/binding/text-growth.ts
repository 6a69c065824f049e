import { checkLimit } from '../refusal.js';
import { Place } from '../syntax/expression.js';
import { BoundExpression, childrenOf } from './bound.js';

/** A text is at most `columns` times as long as the longest text of a column, and `written` characters more. */
interface Growth {
  readonly columns: number;
  readonly written: number;
}

const NONE: Growth = { columns: 0, written: 0 };
/** No number, date or time is longer as text. */
const CAST: Growth = { columns: 0, written: 64 };

/**
 * Refuses a text that an expression could blow up: the engine's memory limit does not cover its text functions.
 * Throws `limit-exceeded`.
 */
export function checkTextGrowth(expression: BoundExpression, { pointer }: Place): void {
  const { columns, written } = growthOf(expression);
  checkLimit('textGrowth', columns, 'The expression makes a text too many times as long', pointer);
  checkLimit('textLength', written, 'The expression makes a text too long', pointer);
}

const known = new WeakMap<BoundExpression, Growth>();

/** Computed once a node: trees share their parts. */
function growthOf(expression: BoundExpression): Growth {
  const before = known.get(expression);
  if (before) return before;
  const growth = compute(expression);
  known.set(expression, growth);
  return growth;
}

function compute(expression: BoundExpression): Growth {
  if (expression.type.kind !== 'text') return NONE;
  if (expression.kind === 'column') return { columns: 1, written: 0 };
  if (expression.kind === 'literal') return { columns: 0, written: lengthOf(expression) };
  const parts = childrenOf(expression).map(growthOf);
  if (expression.kind !== 'operation') return parts.reduce(larger, NONE);
  switch (expression.name) {
    case 'cast':
      return CAST;
    case 'concat':
      return parts.reduce(sum, NONE);
    case 'replace':
      return replaced(parts[0] ?? NONE, expression.args);
    default:
      return parts.reduce(larger, NONE);
  }
}

function replaced(text: Growth, [, from, to]: readonly BoundExpression[]): Growth {
  const [before, after] = [lengthOf(from), lengthOf(to)];
  const factor = before === 0 ? 1 : Math.max(1, Math.ceil(after / before));
  return { columns: text.columns * factor, written: text.written * factor };
}

const sum = (a: Growth, b: Growth): Growth => ({
  columns: a.columns + b.columns,
  written: a.written + b.written,
});

const larger = (a: Growth, b: Growth): Growth => ({
  columns: Math.max(a.columns, b.columns),
  written: Math.max(a.written, b.written),
});

function lengthOf(expression: BoundExpression | undefined): number {
  return expression?.kind === 'literal' && typeof expression.value === 'string' ? expression.value.length : 0;
}
