import { EngineSnapshot, EngineValue, RunOptions } from '@sluice/engine';
import {
  compilePage,
  csvHeader,
  duckDbDialect,
  GovernedQuery,
  KeysetPosition,
  outputColumns,
} from '@sluice/query-dsl';
import { CachedPage } from '../ports.js';
import { Plan, Start } from './plan.js';

/**
 * Runs a page. The rows stay the text that the engine made.
 *
 * @param sealNext turns the position of the page's last row into a cursor
 */
export async function runPage(
  { query, form }: Plan,
  start: Start,
  data: EngineSnapshot,
  options: RunOptions,
  sealNext: (position: KeysetPosition) => string,
): Promise<CachedPage> {
  const { limit } = query.page ?? { limit: 0 };
  const sortedBy = data.sortedBy(query.scans[0].dataset.name);
  const [row = []] = await data.query(compilePage(query, start, duckDbDialect, { form, sortedBy }), options);
  const [text = null, found = 0n, ...keys] = row;
  const hasMore = Number(found) > limit;
  const page = {
    returned: Math.min(Number(found), limit),
    hasMore,
    next: hasMore ? sealNext(keys.map(textOrNull)) : null,
  };
  const rows = textOrNull(text);
  const body = { json: jsonBody, csv: csvBody, ndjson: ndjsonBody }[form](query, rows, { limit, ...page });
  return { kind: 'page', body: Buffer.from(body), ...page };
}

/** Up to the answer's `meta`, which differs from answer to answer. */
function jsonBody(query: GovernedQuery, rows: string | null, page: object): string {
  const columns = JSON.stringify(outputColumns(query, duckDbDialect));
  return `{"columns":${columns},"rows":[${rows ?? ''}],"page":${JSON.stringify(page)}`;
}

function csvBody({ items }: GovernedQuery, rows: string | null): string {
  const header = csvHeader(items.map(({ name }) => name));
  return rows === null ? `${header}\r\n` : `${header}\r\n${rows}\r\n`;
}

function ndjsonBody(_: GovernedQuery, rows: string | null): string {
  return rows === null ? '' : `${rows}\n`;
}

const textOrNull = (value: EngineValue): string | null => (value === null ? null : String(value));
