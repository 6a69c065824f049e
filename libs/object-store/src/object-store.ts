import { Readable } from 'node:stream';

/** A file that was written but that nobody can see yet. */
export interface StagedObject {
  readonly key: string;
  /** Clear bytes written. */
  readonly bytes: number;
  /** SHA-256 of the clear bytes, hex. */
  readonly sha256: string;
  /** Makes the whole file visible under its key, at once. */
  publish(): Promise<void>;
  /** Removes what was written; harmless after `publish` failed. */
  discard(): Promise<void>;
}

export interface ByteRange {
  /** First byte, from 0. */
  readonly start: number;
  /** Last byte, inclusive. */
  readonly end: number;
}

/** Keeps finished files. Adapters: a local encrypted folder; later S3 and Azure. All pass `describeObjectStore` in `test/`. */
export interface ObjectStore {
  /**
   * Streams the bytes of `source` into a staged file. A source that fails or a signal that fires leaves nothing behind,
   * destroys the source, and rejects with the source's error or the signal's reason.
   */
  stage(key: string, source: Readable, signal: AbortSignal): Promise<StagedObject>;
  /**
   * Reads a published file, or a range of it whose end is cut to the file. Rejects with `export-not-found`, or
   * `range-not-satisfiable` when the range starts behind the end. The stream must be read to its end or destroyed. It
   * fails with `export-incomplete`, before any byte in doubt, when the file is not what was written.
   */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Deletes a published file; no error when it is already gone. */
  delete(key: string): Promise<void>;
}

/** Nest injection token of the store. */
export const OBJECT_STORE = Symbol('ObjectStore');
