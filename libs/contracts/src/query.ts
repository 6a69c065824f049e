import { Origin, Principal } from './principal.js';
import { ErrorPayload } from './sluice-error.js';

/** A column of an answer, as callers see it. */
export interface OutputColumn {
  readonly name: string;
  readonly type: string;
  readonly masked: boolean;
}

/** How a page is written (SPEC Q9). */
export const PAGE_FORMS = ['json', 'csv', 'ndjson'] as const;
export type PageForm = (typeof PAGE_FORMS)[number];

export interface RunQuery {
  readonly principal: Principal;
  readonly origin: Origin;
  /** The request body as parsed JSON; query-service reads and checks it. */
  readonly body: unknown;
  /** Value of `If-None-Match`, if sent. */
  readonly ifNoneMatch: string | null;
  /** The caller sent `Cache-Control: no-cache`. */
  readonly noCache: boolean;
  /** Left out: JSON. */
  readonly form?: PageForm;
  /** Time limit that the caller asked for, in ms; only ever lowers the service's own. */
  readonly timeoutMs?: number;
}

export interface QueryAnswer {
  readonly status: 200 | 304;
  readonly etag: string;
  readonly contentType: string;
  /** The whole response body, made where the data is, in pieces so that nobody on the way has to copy it together; empty for 304. */
  readonly body: readonly Uint8Array[];
  /** What a form other than JSON has no place for; left out for JSON and for 304. */
  readonly facts?: PageFacts;
}

/** What is known of a page beside its rows. */
export interface PageFacts {
  readonly hasMore: boolean;
  /** Cursor of the next page, short enough for a header; null when there is none. */
  readonly next: string | null;
  readonly totalRows: number | null;
  readonly totalIsExact: boolean;
  readonly cached: boolean;
  readonly queryId: string;
  readonly dataVersion: string;
}

/** Asks what a page would do (SPEC Q13). Nothing of the query is run. */
export interface ExplainQuery {
  readonly principal: Principal;
  readonly origin: Origin;
  readonly body: unknown;
}

/** What a query would do (SPEC Q13), as far as the caller may know. */
export interface QueryExplanation {
  readonly dataset: string;
  /** The dataset first, then what its relations lead to. */
  readonly tables: readonly ExplainedTable[];
  /** Of the answer, in its order. */
  readonly columns: readonly ExplainedColumn[];
  /** Output columns by which rows are grouped; null for a query without groups. */
  readonly groupedBy: readonly string[] | null;
  /** The order made total: expressions of the query language. */
  readonly order: readonly { readonly expression: string; readonly direction: 'asc' | 'desc' }[];
  /** Rows of the dataset that the caller may see, which is what is looked at before the filter; null when it holds no data. */
  readonly estimatedRows: number | null;
  /** Whether the page and its total would be answered without running anything. */
  readonly cached: boolean;
  /** The refusal that a guard would answer with; null when the query would run. */
  readonly wouldRefuse: ErrorPayload | null;
  readonly policyVersion: string;
  readonly dataVersion: string;
}

export interface ExplainedTable {
  readonly dataset: string;
  /** Relations that lead to it, such as `customer.region`; empty for the query's own dataset. */
  readonly path: string;
  /** Columns that are read, by the caller's query. */
  readonly columns: readonly string[];
  /** Conditions that policy puts before the query, as filters of the query language; `null` for one over what the caller may not see. */
  readonly rowFilters: readonly (object | null)[];
}

export interface ExplainedColumn extends OutputColumn {
  /** What policy does to its values: `clear`, `mask`, … */
  readonly treatment: string;
  /** Why: the column's data class; null for what needs no protection and for computed columns. */
  readonly dataClass: string | null;
}

/** Checks a query for an export without running it. */
export interface CheckQuery {
  readonly principal: Principal;
  readonly body: unknown;
  /** Asks only what policy says: no guard of the query's cost, no estimate. */
  readonly policyOnly?: boolean;
}

export interface CheckedQuery {
  readonly dataset: string;
  readonly columns: readonly OutputColumn[];
  /** SHA-256 (hex) of the canonical query: equal for two spellings of one query. */
  readonly queryHash: string;
  /** SHA-256 (hex) over tenants, policy, masks and data version: what the caller would see. */
  readonly viewHash: string;
  /** SHA-256 (hex) over rows and treatments that policy gives the caller of what the query reads, whatever the data: equal as long as a file of it holds what is allowed. */
  readonly policyHash: string;
  /** Rows of the answer as far as they could be told at once, from the caller's own rows alone; null when not. */
  readonly estimatedRows: number | null;
  readonly policyVersion: string;
  readonly dataVersion: string;
}

export interface DatasetSummary {
  readonly name: string;
  readonly description: string;
  /** Used by queries that name no dataset. */
  readonly default: boolean;
}

export interface DatasetDescription extends DatasetSummary {
  readonly key: readonly string[];
  readonly tenantColumn: string | null;
  /** `treatment` is what policy does to the values for this caller: `clear`, `mask`, … */
  readonly columns: readonly (OutputColumn & { readonly description: string; readonly treatment: string })[];
  readonly relations: readonly {
    readonly name: string;
    readonly dataset: string;
    readonly columns: readonly string[];
  }[];
  /** Who may see more than `rows` of its rows needs a condition on one of the columns; null where none is needed. */
  readonly largeTable: { readonly rows: number; readonly conditionOn: readonly string[] } | null;
}
