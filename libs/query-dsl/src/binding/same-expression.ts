import { BoundExpression } from './bound.js';

/** Whether two expressions compute the same, by their shape and values; where they stand in the request does not count. */
export function sameExpression(a: BoundExpression, b: BoundExpression): boolean {
  return a === b || describe(a) === describe(b);
}

/** A text that two expressions share exactly when they are the same. */
export function describe(expression: BoundExpression): string {
  return JSON.stringify(expression, (key, value: unknown) => {
    if (key === 'pointer') return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}
