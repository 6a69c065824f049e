import { CheckedQuery, ExportSpec, Principal } from '@sluice/contracts';
import { createHash } from 'node:crypto';

/** What makes two payloads the same: the canonical query, the format and its options, however they were spelt. */
export function payloadHash(spec: ExportSpec, query: CheckedQuery): string {
  return hashOf([query.queryHash, ...formatOf(spec)]);
}

/** What makes two submissions the same export: the payload, from one tenant, over the same view of the data. */
export function dedupeKey(tenant: string, spec: ExportSpec, query: CheckedQuery): string {
  return hashOf([tenant, query.viewHash, query.queryHash, ...formatOf(spec)]);
}

/** An idempotency key means something to the caller who sent it only. */
export function idempotencyScope(tenant: string, { clientId, subject }: Principal, key: string): string {
  return hashOf([tenant, clientId, subject, key]);
}

/** Options of another format than the asked one are left out: they change nothing. */
function formatOf({ format, compression, csv, pdf }: ExportSpec): readonly unknown[] {
  if (format === 'csv') return [format, compression, csv.delimiter, csv.bom, csv.nullText, csv.rawText];
  if (format === 'pdf') return [format, compression, pdf.title, pdf.paper];
  return [format, compression];
}

/** JSON keeps the parts apart: no two lists give the same text. */
function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
