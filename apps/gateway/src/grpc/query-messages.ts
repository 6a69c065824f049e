import { type DatasetDescription, type PageFacts, type PageForm, type QueryAnswer } from '@sluice/contracts';

/*
 * Messages of query.proto as the loader makes them: names in camel case, enums by name, 64-bit numbers as text, bytes as Buffer. What is
 * left out in an answer is left out on the wire.
 */

export interface QueryRequest {
  readonly query: Buffer;
  readonly form: string;
  readonly ifNoneMatch: string;
  readonly noCache: boolean;
}

export interface QueryPagesRequest extends Omit<QueryRequest, 'ifNoneMatch'> {
  readonly maxPages: number;
}

export interface PageFactsMessage extends Omit<PageFacts, 'next' | 'totalRows'> {
  readonly nextCursor?: string;
  readonly totalRows?: number;
}

export interface QueryReply {
  readonly notModified: boolean;
  readonly etag: string;
  readonly contentType?: string;
  readonly body?: Buffer;
  readonly facts?: PageFactsMessage;
}

export interface QueryPage {
  readonly number: number;
  readonly body: Buffer;
  readonly contentType: string;
  readonly facts: PageFactsMessage;
}

const FORMS: Readonly<Record<string, PageForm>> = { PAGE_FORM_CSV: 'csv', PAGE_FORM_NDJSON: 'ndjson' };

/** Undefined for a number that the enum does not have. */
export function pageFormOf(name: unknown): PageForm | undefined {
  if (name === 'PAGE_FORM_UNSPECIFIED' || name === 'PAGE_FORM_JSON') return 'json';
  return typeof name === 'string' ? FORMS[name] : undefined;
}

export function bodyOfAnswer({ body }: QueryAnswer): Buffer {
  return Buffer.concat(body);
}

export function toFactsMessage({ next, totalRows, ...facts }: PageFacts): PageFactsMessage {
  return {
    ...facts,
    ...(next !== null && { nextCursor: next }),
    ...(totalRows !== null && { totalRows }),
  };
}

/** Nulls are left out. */
export function toDatasetMessage({ tenantColumn, largeTable, ...dataset }: DatasetDescription): object {
  return {
    ...dataset,
    ...(tenantColumn !== null && { tenantColumn }),
    ...(largeTable !== null && { largeTable }),
  };
}
