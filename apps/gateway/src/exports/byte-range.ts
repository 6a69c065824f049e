import { SluiceError } from '@sluice/contracts';
import { type ByteRange } from '@sluice/object-store';

/**
 * Reads a `Range` header (RFC 9110, 14.2) against a file of `size` bytes. One range of bytes is understood; several, or
 * another unit, or what is malformed, gives null: the whole file is sent then, as the standard allows.
 *
 * @throws SluiceError `range-not-satisfiable` for a range that begins past the end
 */
export function readRange(header: string | null, size: number): ByteRange | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return null;
  if (first === '') return lastBytes(Number(last), size);
  const start = Number(first);
  if (last !== '' && Number(last) < start) return null;
  if (start >= size) throw notSatisfiable();
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

function lastBytes(count: number, size: number): ByteRange {
  if (count === 0 || size === 0) throw notSatisfiable();
  return { start: Math.max(0, size - count), end: size - 1 };
}

function notSatisfiable(): SluiceError {
  return new SluiceError('range-not-satisfiable', 'The file has no bytes in this range.');
}
