import { EngineSnapshot, EngineValue, RunOptions } from '@sluice/engine';
import {
  compileCount,
  compilePage,
  duckDbDialect,
  GovernedQuery,
  KeysetPosition,
  outputColumns,
} from '@sluice/query-dsl';
import { CachedAnswer } from '../ports.js';

/**
 * Runs a page, and its total where the page does not tell it. The rows stay the text that the engine made.
 *
 * @param sealNext turns the position of the page's last row into a cursor
 */
export async function runPage(
  query: GovernedQuery,
  position: KeysetPosition | null,
  snapshot: EngineSnapshot,
  options: RunOptions,
  sealNext: (position: KeysetPosition) => string,
): Promise<CachedAnswer> {
  const page = query.page ?? { limit: 0, offset: 0, after: null };
  const sortedBy = snapshot.sortedBy(query.scans[0].dataset.name);
  const [row = []] = await snapshot.query(compilePage(query, position, duckDbDialect, sortedBy), options);
  const [text = null, found = 0n, ...keys] = row;
  const hasMore = Number(found) > page.limit;
  const returned = Math.min(Number(found), page.limit);
  const next = hasMore ? sealNext(keys.map(textOrNull)) : null;
  const isWhole = !hasMore && position === null && page.offset === 0;
  const totalRows =
    query.count === 'none' ? null : isWhole ? returned : await countRows(query, snapshot, options);
  const parts = [
    `{"columns":${JSON.stringify(outputColumns(query, duckDbDialect))}`,
    `"rows":[${text === null ? '' : String(text)}]`,
    `"page":${JSON.stringify({ limit: page.limit, returned, hasMore, next })}`,
  ];
  return { text: parts.join(','), rows: returned, totalRows };
}

async function countRows(
  query: GovernedQuery,
  snapshot: EngineSnapshot,
  options: RunOptions,
): Promise<number> {
  const [[total = 0n] = []] = await snapshot.query(compileCount(query, duckDbDialect), options);
  return Number(total);
}

const textOrNull = (value: EngineValue): string | null => (value === null ? null : String(value));
