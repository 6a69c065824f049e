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
  /** Streams `source` into a staged file; a source that fails or a signal that fires leaves nothing behind. */
  stage(key: string, source: Readable, signal: AbortSignal): Promise<StagedObject>;
  /** Reads a published file; rejects with `export-not-found` if there is none. */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Deletes a published file; no error when it is already gone. */
  delete(key: string): Promise<void>;
}

/** Nest injection token of the store. */
export const OBJECT_STORE = Symbol('ObjectStore');
