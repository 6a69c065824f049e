import { createHmac, KeyObject, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { CacheEntry } from '../ports.js';

const VERSION = 'sluice1';

const head = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('page'),
    returned: z.int().nonnegative(),
    hasMore: z.boolean(),
    next: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('total'), rows: z.int().nonnegative(), isExact: z.boolean() }),
]);

/**
 * Writes an entry for a cache that others can write to as well: `sluice1 <seal> <head as JSON>`, a line feed, the body. The seal
 * (HMAC-SHA256) covers the key, so that an entry copied under another key is as good as none.
 *
 * @param secret 32 bytes, as an object: making one takes Node longer than the seal
 */
export function writeEntry(key: string, entry: CacheEntry, secret: KeyObject): string {
  const facts = entry.kind === 'page' ? { ...entry, body: undefined } : entry;
  const headText = JSON.stringify(facts);
  const body = entry.kind === 'page' ? Buffer.concat(entry.body).toString('utf8') : '';
  return `${VERSION} ${seal(key, headText, body, secret)} ${headText}\n${body}`;
}

/** Reads what the cache holds under a key; undefined for anything that is not an entry of ours for this key, whole and unchanged. */
export function readEntry(key: string, text: unknown, secret: KeyObject): CacheEntry | undefined {
  if (typeof text !== 'string') return undefined;
  const lineEnd = text.indexOf('\n');
  const [version, given = '', ...rest] = text.slice(0, Math.max(lineEnd, 0)).split(' ');
  if (version !== VERSION) return undefined;
  const [headText, body] = [rest.join(' '), text.slice(lineEnd + 1)];
  const [asked, expected] = [Buffer.from(given), Buffer.from(seal(key, headText, body, secret))];
  if (asked.byteLength !== expected.byteLength || !timingSafeEqual(asked, expected)) return undefined;
  // Sealed by us, so it is JSON; another release may have written other facts.
  const facts = head.safeParse(JSON.parse(headText));
  if (!facts.success) return undefined;
  return facts.data.kind === 'page' ? { ...facts.data, body: [Buffer.from(body)] } : facts.data;
}

function seal(key: string, headText: string, body: string, secret: KeyObject): string {
  return createHmac('sha256', secret).update(`${key}\n${headText}\n`).update(body).digest('base64url');
}
