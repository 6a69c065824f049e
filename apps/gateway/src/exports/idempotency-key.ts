import { SluiceError } from '@sluice/contracts';

/** @throws SluiceError `invalid-request` for a key that could not have come in a header */
export function checkedIdempotencyKey(key: string | null): string | null {
  if (key === null || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new SluiceError('invalid-request', 'An Idempotency-Key has 1 to 255 visible ASCII characters.');
}
