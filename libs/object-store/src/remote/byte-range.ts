import { SluiceError } from '@sluice/contracts';
import { ByteRange } from '../object-store.js';

/** Checks a range before a store is asked, which would take a bad one for none and send the whole file. */
export function checkRange({ start, end }: ByteRange): void {
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (!whole || start < 0 || end < start) throw notSatisfiable();
}

export function notSatisfiable(): SluiceError {
  return new SluiceError('range-not-satisfiable', 'The file has no bytes in this range.');
}
