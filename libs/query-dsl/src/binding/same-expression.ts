import { BoundExpression, Literal } from './bound.js';

/** Whether two expressions compute the same, by their shape and values; where they stand in the request does not count. */
export function sameExpression(a: BoundExpression, b: BoundExpression): boolean {
  return a === b || describe(a) === describe(b);
}

/** A text that two expressions share exactly when they are the same. What comes from the clock is called by its name, not by its value. */
export function describe(expression: BoundExpression): string {
  return JSON.stringify(expression, (key, value: unknown) => {
    if (key === 'pointer') return undefined;
    if (isFromClock(value)) return { clock: value.clock, type: value.type };
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}

function isFromClock(value: unknown): value is Literal & { readonly clock: string } {
  return typeof value === 'object' && value !== null && 'clock' in value && 'value' in value;
}
