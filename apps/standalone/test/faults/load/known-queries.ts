import { DataRow, Dataset, DATASETS, idAt, idsOf, rowAt, Tenant } from '../world-data.js';

/** A query whose whole answer is known before it is asked: reckoned from what the data are made of, without an engine. */
export interface KnownQuery {
  readonly body: object;
  readonly rows: readonly object[];
  readonly totalRows: number;
}

const COLUMNS = ['id', 'tenant_id', 'label', 'generation'] as const satisfies readonly (keyof DataRow)[];

/** The same ones again and again: after the first time they are answered from the cache. */
export function repeatedQueries(tenant: Tenant): readonly KnownQuery[] {
  return [
    pageOf(tenant, 'small', 0, 20),
    pageOf(tenant, 'small', 900, 100),
    pageOf(tenant, 'big', 390_000, 50),
    summary(tenant),
  ];
}

/** A query unlike any other of the tenant, as long as `turn` is; it has to be run. */
export function freshQuery(tenant: Tenant, turn: number): KnownQuery {
  return pageOf(tenant, 'big', 1 + ((turn * 7) % 399_000), 25);
}

/** All rows of the tenant from an id on, up to `limit`. */
function pageOf(tenant: Tenant, dataset: Dataset, fromId: number, limit: number): KnownQuery {
  const ids = idsOf(tenant, fromId, DATASETS[dataset]);
  const filter = { column: 'id', op: 'gte', value: fromId };
  return {
    body: { dataset, select: COLUMNS, filter, sort: ['id'], page: { limit } },
    rows: Array.from({ length: Math.min(limit, ids.count) }, (_, index) => rowAt(idAt(ids, index))),
    totalRows: ids.count,
  };
}

function summary(tenant: Tenant): KnownQuery {
  const ids = idsOf(tenant, 0, DATASETS.small);
  const select = ['count(*) as n', 'min(id) as lowest', 'max(id) as highest', 'max(tenant_id) as tenant'];
  return {
    body: { dataset: 'small', select, page: { limit: 10 } },
    rows: [{ n: ids.count, lowest: ids.first, highest: idAt(ids, ids.count - 1), tenant }],
    totalRows: 1,
  };
}

interface Page {
  readonly rows?: unknown;
  readonly page?: { readonly returned?: number; readonly hasMore?: boolean };
  readonly meta?: { readonly totalRows?: number; readonly totalIsExact?: boolean };
}

/** How an answer differs from the right one; null when it does not. */
export function differenceOf({ rows, totalRows }: KnownQuery, text: string): string | null {
  let page: Page;
  try {
    page = JSON.parse(text) as Page;
  } catch {
    return `no JSON: ${text.slice(0, 200)}`;
  }
  const got = JSON.stringify({ rows: page.rows, ...factsOf(page) });
  const hasMore = totalRows > rows.length;
  const facts = { returned: rows.length, hasMore, totalRows, totalIsExact: true };
  const wanted = JSON.stringify({ rows, ...facts });
  return got === wanted ? null : `${got.slice(0, 400)} instead of ${wanted.slice(0, 400)}`;
}

function factsOf({ page, meta }: Page): object {
  return {
    returned: page?.returned,
    hasMore: page?.hasMore,
    totalRows: meta?.totalRows,
    totalIsExact: meta?.totalIsExact,
  };
}
