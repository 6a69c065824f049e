import { StoredColumn } from '../tables/current-version.js';

export type ImportSource =
  /** A CSV, JSON, NDJSON or Parquet file, told by its extension; text may be gzipped. */
  | { readonly file: string }
  /** A query of our own over other datasets, each to be named as `"name"."main"."rows"`, and over files. Never of a caller. */
  | { readonly sql: string; readonly dependsOn: readonly string[] };

export type ImportStage = 'reading' | 'checking' | 'saving';

export interface ImportProgress {
  readonly table: string;
  readonly stage: ImportStage;
  /** 0 to 100, or null while it is not known. */
  readonly percent: number | null;
}

export interface ImportRequest {
  readonly source: ImportSource;
  /** Folder that holds one folder a dataset. */
  readonly dataDir: string;
  /** Folder of the catalogue's YAML files. */
  readonly catalogDir: string;
  readonly name: string;
  /** Column that holds the tenant; null for a table that every tenant may read whole. */
  readonly tenant: string | null;
  /** Columns that are unique and never NULL together. */
  readonly key: readonly string[];
  /** As the engine writes sizes; 1GB by default. What does not fit is spilled to disk. */
  readonly memoryLimit?: string;
  /** By default as many as the machine has cores. */
  readonly threads?: number;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Ends the import within a second; what was there before stays. */
  readonly signal?: AbortSignal;
}

/** How a table is described in the catalogue. */
export interface TableShape {
  readonly name: string;
  readonly tenant: string | null;
  readonly key: readonly string[];
  readonly columns: readonly StoredColumn[];
}

export interface ImportedTable extends TableShape {
  readonly version: string;
  readonly rows: number;
  /** The new version's database file. */
  readonly file: string;
  /** The catalogue file, when this import wrote it; null when there was one already. */
  readonly catalogFile: string | null;
}
