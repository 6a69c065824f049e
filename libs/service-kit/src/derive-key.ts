import { hkdfSync } from 'node:crypto';

/**
 * Makes a key for one purpose out of the one secret of an installation (HKDF-SHA256, RFC 5869), so that what is
 * learnt of one key tells nothing about another.
 *
 * @param purpose a fixed name such as `link`; another purpose gives an unrelated key
 * @returns 32 bytes
 */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'sluice', purpose, 32));
}

/** Keys of messages between the services (decision 040): each service has its own, so that what is sealed for one is nothing to another. */
export function messageKeys(secret: string): (service: string) => readonly Buffer[] {
  return (service) => [deriveKey(secret, `message:${service}`)];
}
