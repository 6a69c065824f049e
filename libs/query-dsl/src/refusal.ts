import { ErrorCode, SluiceError } from '@sluice/contracts';
import { LIMITS } from './limits.js';
import { Place } from './syntax/expression.js';

/** An error about one place of the request. */
export function refusal(code: ErrorCode, message: string, place: Place, suggestion?: string): SluiceError {
  const hint = suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`;
  return new SluiceError(code, `${message}${hint}`, {
    ...place,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

/** Refuses `actual` above the limit of that name. */
export function checkLimit(name: keyof typeof LIMITS, actual: number, what: string, pointer: string): void {
  const value = LIMITS[name];
  if (actual <= value) return;
  throw new SluiceError('limit-exceeded', `${what}: ${actual} is above the limit of ${value}.`, {
    pointer,
    limit: { name, value },
  });
}
