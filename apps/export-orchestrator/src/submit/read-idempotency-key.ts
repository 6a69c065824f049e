import { SluiceError } from '@sluice/contracts';

const MAX_LENGTH = 255;

/** Checks the `Idempotency-Key` header; null when none was sent. Throws `invalid-request`. */
export function readIdempotencyKey(key: string | null): string | null {
  if (key === null) return null;
  if (key.length > 0 && key.length <= MAX_LENGTH) return key;
  throw new SluiceError('invalid-request', `The Idempotency-Key must have 1 to ${MAX_LENGTH} characters.`, {
    limit: { name: 'idempotencyKey', value: MAX_LENGTH },
  });
}
