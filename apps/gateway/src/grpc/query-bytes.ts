import { SluiceError } from '@sluice/contracts';
import { readStrictJson } from '../http/strict-json.js';

/**
 * JSON text of a message's field, read as strictly as an HTTP body.
 *
 * @throws SluiceError `body-too-large`, `invalid-request` for nothing at all, and what `readStrictJson` throws
 */
export function readBytes(bytes: Buffer, bodyLimit: number): unknown {
  if (bytes.length > bodyLimit) {
    throw new SluiceError('body-too-large', `The text is larger than ${String(bodyLimit)} bytes.`, {
      limit: { name: 'bodyBytes', value: bodyLimit },
    });
  }
  if (bytes.length === 0) throw new SluiceError('invalid-request', 'A JSON text is required.');
  return readStrictJson(bytes);
}
