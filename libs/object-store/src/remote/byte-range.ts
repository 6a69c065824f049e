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

/**
 * Checks that a store answers with the range that was asked: a `Content-Range` from the same byte on (RFC 9110, 14.4).
 * One that ends before it begins, or none with an empty body, says that the file has no such bytes, as some stores do
 * where others answer 416.
 */
export function checkAnsweredRange(
  { start, end }: ByteRange,
  { bytes, contentRange }: { readonly bytes: number; readonly contentRange: string | undefined },
): void {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? '');
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null ? bytes === 0 : last < first) throw notSatisfiable();
  if (first !== start || last > end) {
    throw new SluiceError('export-incomplete', 'The store sent another range than was asked.');
  }
}
