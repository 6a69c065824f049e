import { Origin, Principal } from './principal.js';
import { defineRpc } from './rpc.js';

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
  /** The whole response body, made where the data is; empty for 304. */
  readonly body: Uint8Array;
}

/** Asks what a page would do (SPEC Q13). Nothing of the query is run. */
export interface ExplainQuery {
  readonly principal: Principal;
  readonly origin: Origin;
  readonly body: unknown;
}

/** Checks a query for an export without running it. */
export interface CheckQuery {
  readonly principal: Principal;
  readonly body: unknown;
}

export interface CheckedQuery {
  readonly dataset: string;
  readonly columns: readonly OutputColumn[];
  /** SHA-256 (hex) of the canonical query: equal for two spellings of one query. */
  readonly queryHash: string;
  /** SHA-256 (hex) over tenants, policy, masks and data version: what the caller would see. */
  readonly viewHash: string;
  readonly policyVersion: string;
  readonly dataVersion: string;
}

export interface DatasetSummary {
  readonly name: string;
  readonly description: string;
}

export interface DatasetDescription extends DatasetSummary {
  readonly key: readonly string[];
  readonly tenantColumn: string | null;
  readonly columns: readonly (OutputColumn & { readonly description: string })[];
  readonly relations: readonly {
    readonly name: string;
    readonly dataset: string;
    readonly columns: readonly string[];
  }[];
}

export const queryRun = defineRpc<RunQuery, QueryAnswer>('query.run', 305_000);
export const queryCheck = defineRpc<CheckQuery, CheckedQuery>('query.check', 10_000);
export const datasetsList = defineRpc<{ principal: Principal }, readonly DatasetSummary[]>(
  'datasets.list',
  10_000,
);
export const datasetsDescribe = defineRpc<{ principal: Principal; name: string }, DatasetDescription>(
  'datasets.describe',
  10_000,
);
