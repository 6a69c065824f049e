import { createHmac, timingSafeEqual } from 'node:crypto';
import { ExportManifest } from './export.js';

export type SignedManifest = ExportManifest & { readonly signature: string };

/** Purpose of the key that signs manifests, as it is derived from an installation's secret. */
export const MANIFEST_KEY_PURPOSE = 'manifest';

/** Signs with HMAC-SHA256 over the canonical JSON of everything but the signature; base64url. */
export function signManifest(manifest: ExportManifest, key: Buffer): SignedManifest {
  return { ...manifest, signature: signatureOf(manifest, key).toString('base64url') };
}

/** Whether the manifest is just as it was signed with this key. */
export function verifyManifest({ signature, ...manifest }: SignedManifest, key: Buffer): boolean {
  const given = Buffer.from(signature, 'base64url');
  const expected = signatureOf(manifest, key);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function signatureOf(manifest: ExportManifest, key: Buffer): Buffer {
  return createHmac('sha256', key).update(canonicalJson(manifest)).digest();
}

/**
 * JSON with the keys of each object sorted, so that a manifest that was stored and read again gives the same text (the
 * order of RFC 8785; numbers here are whole, so their text is one).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (isRecord(item) ? sortedEntries(item) : item));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortedEntries(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
