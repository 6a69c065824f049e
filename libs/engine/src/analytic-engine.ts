import { CsvOptions } from '@sluice/contracts';
import { Statement } from '@sluice/query-dsl';
import { Readable } from 'node:stream';

/** A value as the engine hands it over: 64-bit integers as bigint, a `blob` as its bytes, everything that has no JavaScript type as text. */
export type EngineValue = string | bigint | number | boolean | Uint8Array | null;

export interface RunOptions {
  /** Stops the statement within a second. */
  readonly signal: AbortSignal;
  /** Rejects with `query-timeout` after this many ms. */
  readonly timeoutMs: number;
  /** Whose turn it takes where statements wait; tenants take turns (SPEC Q12). */
  readonly tenant?: string;
}

/** The data as it stood when the snapshot was opened. A newer version never changes it. */
export interface EngineSnapshot {
  /** SHA-256 (hex) over the versions of all tables. */
  readonly dataVersion: string;
  /** Rows of a table; 0 for one that holds no data yet. */
  rowCount(dataset: string): number;
  /** Columns by which a table's rows are stored in ascending order, none of them ever NULL; null when that is not known. */
  sortedBy(dataset: string): readonly string[] | null;
  /**
   * Runs a statement whose answer is small: few rows, or one row holding a page as bytes. Rejects with `query-timeout`,
   * `query-canceled`, `query-too-large`, `overloaded`, or `internal`; no message of the engine leaves it.
   */
  query(statement: Statement, options: RunOptions): Promise<readonly (readonly EngineValue[])[]>;
  /** To be called once, when the caller is done. */
  release(): void;
}

/** What runs plans. Adapters: DuckDB; later a distributed engine. */
export interface AnalyticEngine {
  snapshot(): EngineSnapshot;
  close(): Promise<void>;
}

/** A file in the making: bytes as the engine encodes them. */
export interface EngineCopy {
  readonly dataVersion: string;
  readonly stream: Readable;
  /**
   * Rows the engine produced; resolves after the last byte was handed over. Rejects when it failed, whatever the stream looked like:
   * only with it is the stream known to be whole.
   */
  readonly rows: Promise<number>;
}

/** How the engine writes the rows of a statement. */
export type CopyEncoding =
  /** RFC 4180, UTF-8, CRLF, with a header of the column names. */
  | { readonly kind: 'csv'; readonly csv: CsvOptions }
  /** One array of objects. */
  | { readonly kind: 'json' }
  /** An object a line. */
  | { readonly kind: 'ndjson' }
  | { readonly kind: 'parquet' }
  /** The statement's single text column as it is, a row a line (LF); for encoders that make a file of it. A text must hold no line break. */
  | { readonly kind: 'lines' };

export interface CopyOptions extends RunOptions {
  /** Whether the rows may come in any order, which lets the engine make them faster; without it they come as the statement has them. */
  readonly anyOrder?: boolean;
  /** Whether each row is made of one row of one table: the engine is then kept from filling its memory with what it has read. */
  readonly rowByRow?: boolean;
}

/** Runs plans into files. Each copy has an engine instance, folder and limits of its own. */
export interface ExportEngine {
  /** Starts a file. Aborting `options.signal` stops the engine, ends the stream with an error, and wipes the folder. */
  copy(statement: Statement, encoding: CopyEncoding, options: CopyOptions): Promise<EngineCopy>;
}
