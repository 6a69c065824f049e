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
 * Runs a page. The rows stay the bytes that the engine made.
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
  const [bytes = null, found = 0n, ...keys] = row;
  const hasMore = Number(found) > limit;
  const page = {
    returned: Math.min(Number(found), limit),
    hasMore,
    next: hasMore ? sealNext(keys.map(textOrNull)) : null,
  };
  const [before, after] = { json: aroundJson, csv: aroundCsv, ndjson: aroundNdjson }[form](
    query,
    bytes !== null,
    { limit, ...page },
  );
  const rows = bytes instanceof Uint8Array ? [bytes] : [];
  return { kind: 'page', body: [Buffer.from(before), ...rows, Buffer.from(after)], ...page };
}

type Around = readonly [before: string, after: string];

/** Up to the answer's `meta`, which differs from answer to answer. */
function aroundJson(query: GovernedQuery, _: boolean, page: object): Around {
  const columns = JSON.stringify(outputColumns(query, duckDbDialect));
  return [`{"columns":${columns},"rows":[`, `],"page":${JSON.stringify(page)}`];
}

function aroundCsv({ items }: GovernedQuery, hasRows: boolean): Around {
  return [`${csvHeader(items.map(({ name }) => name))}\r\n`, hasRows ? '\r\n' : ''];
}

function aroundNdjson(_: GovernedQuery, hasRows: boolean): Around {
  return ['', hasRows ? '\n' : ''];
}

const textOrNull = (value: EngineValue): string | null => (value === null ? null : String(value));
