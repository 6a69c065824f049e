import { ColumnType } from './column-type.js';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly description: string;
  /** Data class that the policy speaks of, such as `pii`; null for what needs no protection. */
  readonly dataClass: string | null;
}

/** A many-to-one link: each row of the owner has at most one row in `dataset`. */
export interface Relation {
  readonly name: string;
  readonly dataset: string;
  /** Columns of the owner, in the order of the target's key. */
  readonly columns: readonly string[];
}

/** What a query of a large table needs (SPEC Q11). */
export interface LargeTable {
  /** Callers who may see more rows than this need a condition on one of the columns. */
  readonly rows: number;
  readonly conditionOn: readonly string[];
}

/** A table that the catalogue publishes. */
export interface Dataset {
  readonly name: string;
  readonly description: string;
  /** Column that holds the tenant; null only when `shared`. */
  readonly tenantColumn: string | null;
  /** A dimension that every tenant may read whole. */
  readonly shared: boolean;
  /** Columns that are unique and never NULL together; they make every order total. */
  readonly key: readonly string[];
  /** Null where any query may read all of it. */
  readonly largeTable: LargeTable | null;
  /** In the order of the catalogue file. */
  readonly columns: ReadonlyMap<string, Column>;
  readonly relations: ReadonlyMap<string, Relation>;
}

/** All published datasets; already checked for consistency. */
export interface Catalog {
  readonly datasets: ReadonlyMap<string, Dataset>;
  /** Used when a query names none. */
  readonly defaultDataset: string | null;
  /** SHA-256 (hex) of what was loaded. */
  readonly version: string;
}

/** Names of datasets, columns and relations: what the catalogue admits, and so all that can ever become an identifier. */
export const IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/i;
/** Names of the engine's own databases. */
export const RESERVED_DATASET_NAMES: readonly string[] = ['memory', 'system', 'temp', 'main'];
