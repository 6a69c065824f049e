import { PageFacts, PageForm, QueryAnswer, SluiceError } from '@sluice/contracts';
import { randomUUID } from 'node:crypto';
import { Answer } from './answers.js';
import { Plan } from './plan.js';

export const CONTENT_TYPES: Readonly<Record<PageForm, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** Servers and proxies take 8 KiB of headers at least; the cursor may have half of them. */
const MAX_HEADER_CURSOR = 4_096;

/** Puts an answer together: the rows stay the bytes that the engine made. */
export function toQueryAnswer(
  { form, identity, snapshot }: Plan,
  { page, total, cached }: Answer,
  startedMs: number,
): QueryAnswer {
  const { etag } = identity;
  const known = {
    totalRows: total?.rows ?? null,
    totalIsExact: total?.isExact ?? false,
    cached,
    queryId: randomUUID(),
    dataVersion: snapshot.data.dataVersion,
  };
  const answer = { status: 200, etag, contentType: CONTENT_TYPES[form] } as const;
  if (form !== 'json') return { ...answer, body: page.body, facts: { ...known, ...walkOf(page) } };
  const { hasMore, next } = page;
  const { totalRows, totalIsExact, ...rest } = known;
  const executionMs = Math.round((performance.now() - startedMs) * 1_000) / 1_000;
  const meta = { totalRows, totalIsExact, executionMs, etag, ...rest };
  const body = [...page.body, Buffer.from(`,"meta":${JSON.stringify(meta)}}`)];
  return { ...answer, body, facts: { ...known, hasMore, next } };
}

/** Throws `limit-exceeded` for a cursor that no header can hold: then only JSON can be walked. */
function walkOf({ hasMore, next }: Answer['page']): Pick<PageFacts, 'hasMore' | 'next'> {
  if (next === null || next.length <= MAX_HEADER_CURSOR) return { hasMore, next };
  const message =
    'The values that the rows are sorted by are too long for a header: ask for application/json, or sort by a shorter column.';
  const limit = { name: 'cursorInHeader', value: MAX_HEADER_CURSOR };
  throw new SluiceError('limit-exceeded', message, { pointer: '/sort', limit });
}
