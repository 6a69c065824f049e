import { INTEGER } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import { BoundExpression } from './bound.js';
import { literal, operation } from './nodes.js';
import { checkTreeSize } from './tree-size.js';

const leaf = literal(INTEGER, 1n);

function nested(
  levels: number,
  grow: (inner: BoundExpression) => readonly BoundExpression[],
): BoundExpression {
  let tree: BoundExpression = leaf;
  for (let level = 1; level < levels; level++) tree = operation('coalesce', grow(tree), INTEGER);
  return tree;
}

function limitOf(expression: BoundExpression): unknown {
  try {
    checkTreeSize(expression, { pointer: '/select/0' });
    return null;
  } catch (error) {
    return error instanceof SluiceError ? error.details.limit : error;
  }
}

describe('the size of a tree', () => {
  it('is bounded in depth', () => {
    expect(limitOf(nested(120, (inner) => [inner]))).toBeNull();
    expect(limitOf(nested(121, (inner) => [inner]))).toEqual({ name: 'boundDepth', value: 120 });
  });

  it('is bounded in nodes', () => {
    const wide = (count: number) =>
      operation(
        'or',
        Array.from({ length: count }, () => leaf),
      );
    expect(limitOf(wide(3_999))).toBeNull();
    expect(limitOf(wide(4_000))).toEqual({ name: 'boundNodes', value: 4_000 });
  });

  it('counts a part that stands twice twice, and at once', () => {
    expect(limitOf(nested(11, (inner) => [inner, inner]))).toBeNull();
    // 2^99 nodes, if they were walked one by one.
    expect(limitOf(nested(100, (inner) => [inner, inner]))).toEqual({ name: 'boundNodes', value: 4_000 });
  });
});
