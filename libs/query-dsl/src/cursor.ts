import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SluiceError } from '@sluice/contracts';
import { KeysetPosition } from './compiling/compile-page.js';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals a position so that only this service can read it, and only for the same query, view and tenants: AES-256-GCM with `bound`
 * (a hash of them) as associated data. Base64url.
 */
export function sealCursor(position: KeysetPosition, bound: string, key: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(position), 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Opens a cursor. Throws `invalid-cursor` for one that was changed or belongs to another query, view or tenant. */
export function openCursor(cursor: string, bound: string, key: Buffer, pointer: string): KeysetPosition {
  const bytes = Buffer.from(cursor, 'base64url');
  const isCanonical = bytes.toString('base64url') === cursor;
  const [nonceEnd, tagEnd] = [1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES];
  if (!isCanonical || bytes.length < tagEnd || bytes[0] !== VERSION) throw invalid(pointer);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, nonceEnd))
      .setAAD(Buffer.from(bound))
      .setAuthTag(bytes.subarray(nonceEnd, tagEnd));
    const text = Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]).toString('utf8');
    return JSON.parse(text) as KeysetPosition;
  } catch (cause) {
    throw invalid(pointer, cause);
  }
}

function invalid(pointer: string, cause?: unknown): SluiceError {
  const message = 'The cursor was not made for this query: walk from the first page of the same query.';
  return new SluiceError('invalid-cursor', message, { pointer }, { cause });
}
