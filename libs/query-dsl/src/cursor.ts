import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { SluiceError } from '@sluice/contracts';
import { KeysetPosition } from './compiling/compile-page.js';

const VERSION = 2;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HOUR_MS = 3_600_000;
/** How long a walk may pause between two pages. */
export const CURSOR_HOURS = 24;

/** Where a walk goes on. */
export interface CursorContent {
  readonly position: KeysetPosition;
  /** The clock that the first page was answered by, in microseconds since 1970; null where the query does not depend on it. */
  readonly asOf: bigint | null;
}

/** A cursor of ours that is still good; for which query, only `positionFor` tells. */
export interface OpenedCursor {
  readonly asOf: bigint | null;
  /** Throws `invalid-cursor` when the cursor belongs to another query, view or tenant than this hash of them. */
  positionFor(bound: string): KeysetPosition;
}

/**
 * Seals where a walk goes on, so that only this service can read or make it: AES-256-GCM, base64url. The nonce is a
 * keyed hash of the content (as in RFC 5297), so that equal pages have equal bytes and no two contents share a nonce. For the
 * same reason the time of issue is cut to the hour.
 *
 * @param bound a hash of query, view and tenants
 * @param key 32 bytes. @param nowMs milliseconds since 1970
 */
export function sealCursor(
  { position, asOf }: CursorContent,
  bound: string,
  key: Buffer,
  nowMs: number,
): string {
  const hour = Math.floor(nowMs / HOUR_MS);
  const text = Buffer.from(JSON.stringify([hour, asOf === null ? null : String(asOf), bound, position]));
  const nonce = nonceFor(text, key);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.of(VERSION));
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Opens a cursor. Throws `invalid-cursor` for one that is not ours, was changed, or is older than a day. */
export function openCursor(cursor: string, key: Buffer, pointer: string, nowMs: number): OpenedCursor {
  const [hour, asOf, bound, position] = contentOf(cursor, key, pointer);
  if (Math.floor(nowMs / HOUR_MS) - hour > CURSOR_HOURS) {
    const message = `The cursor is older than ${CURSOR_HOURS} hours: walk from the first page again.`;
    const limit = { name: 'cursorHours', value: CURSOR_HOURS };
    throw new SluiceError('invalid-cursor', message, { pointer, limit });
  }
  return {
    asOf: asOf === null ? null : BigInt(asOf),
    positionFor: (asked) => {
      if (asked !== bound) throw invalid(pointer);
      return position;
    },
  };
}

type Content = readonly [number, string | null, string, KeysetPosition];

function contentOf(cursor: string, key: Buffer, pointer: string): Content {
  const bytes = Buffer.from(cursor, 'base64url');
  // Base64 can write the same bytes in several ways: only ours is taken.
  const isCanonical = bytes.toString('base64url') === cursor;
  const [nonceEnd, tagEnd] = [1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES];
  if (!isCanonical || bytes.length < tagEnd || bytes[0] !== VERSION) throw invalid(pointer);
  const nonce = bytes.subarray(1, nonceEnd);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.of(VERSION))
      .setAuthTag(bytes.subarray(nonceEnd, tagEnd));
    const text = Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]);
    if (timingSafeEqual(nonceFor(text, key), nonce)) return JSON.parse(text.toString('utf8')) as Content;
  } catch (cause) {
    throw invalid(pointer, cause);
  }
  throw invalid(pointer);
}

/** Under a key of its own: one key never serves two algorithms. */
function nonceFor(content: Buffer, key: Buffer): Buffer {
  const nonceKey = createHmac('sha256', key).update('sluice cursor nonce').digest();
  return createHmac('sha256', nonceKey).update(content).digest().subarray(0, NONCE_BYTES);
}

function invalid(pointer: string, cause?: unknown): SluiceError {
  const message = 'The cursor was not made for this query: walk from the first page of the same query.';
  return new SluiceError('invalid-cursor', message, { pointer }, { cause });
}
