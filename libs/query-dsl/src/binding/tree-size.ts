import { checkLimit } from '../refusal.js';
import { Place } from '../syntax/expression.js';
import { BoundExpression, childrenOf } from './bound.js';

interface Size {
  /** Levels of nesting. */
  readonly depth: number;
  /** As the SQL text has them: a part that stands twice counts twice. */
  readonly nodes: number;
}

/**
 * Refuses a tree whose SQL the engine could not take: some predicates say their operand twice, so that a short request could
 * double its text again and again. Throws `limit-exceeded`.
 */
export function checkTreeSize(expression: BoundExpression, { pointer }: Place): void {
  const { depth, nodes } = sizeOf(expression);
  checkLimit('boundDepth', depth, 'The expression is nested too deeply', pointer);
  checkLimit('boundNodes', nodes, 'The expression is too large', pointer);
}

const known = new WeakMap<BoundExpression, Size>();

/** Computed once a node, so that shared parts cost nothing. */
function sizeOf(expression: BoundExpression): Size {
  const before = known.get(expression);
  if (before) return before;
  const parts = childrenOf(expression).map(sizeOf);
  const size = {
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    nodes: 1 + parts.reduce((total, { nodes }) => total + nodes, 0),
  };
  known.set(expression, size);
  return size;
}
