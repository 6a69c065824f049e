import { Readable } from 'node:stream';

/** A file that was written but that nobody can see yet. */
export interface StagedObject {
  readonly key: string;
  /** Clear bytes written. */
  readonly bytes: number;
  /** SHA-256 of the clear bytes, hex. */
  readonly sha256: string;
  /**
   * Makes the whole file visible under its key, at once. A key is published once: it rejects when another file has it,
   * and changes nothing (S3: where the store honours `If-None-Match`).
   */
  publish(): Promise<void>;
  /** Removes what was written; harmless after `publish`, whether that failed or not. */
  discard(): Promise<void>;
}

export interface ByteRange {
  /** First byte, from 0. */
  readonly start: number;
  /** Last byte, inclusive. */
  readonly end: number;
}

/**
 * Keeps finished files. Adapters: a local encrypted folder, S3, Azure Blob. All pass `describeObjectStore` in `test/`.
 * A store that is away, slow or throttles fails with `unavailable`, and trying again makes sense; one that refuses fails
 * with `internal`. Neither says anything of the store; the cause is for the log.
 */
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

/** What the store says of a published file. */
export interface StoredObject {
  readonly key: string;
  /** Clear bytes. */
  readonly bytes: number;
  readonly modifiedAt: Date;
}

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  /** Where the next page begins; null when there is none. A page may hold fewer objects than asked for and still have a next. */
  readonly next: string | null;
}

/** What tidying up needs: the files that are there, and what was never published. */
export interface ObjectInventory {
  /**
   * Lists published files in pages of at most 1,000.
   *
   * @param folder first segments of the keys, such as `tenant/jobId`; empty for all
   * @param from `next` of the page before; null for the first
   */
  list(folder: string, from: string | null): Promise<ObjectPage>;
  /**
   * Removes what was staged and left by processes that died: nothing was written to it for `olderThanMs`, which must be
   * longer than the longest upload takes. At most 1,000 at a time; resolves with how many.
   */
  removeStaged(olderThanMs: number): Promise<number>;
}

/** A store that can be asked whether it is there. */
export interface ProbedStore {
  /** Resolves when the store answers and its place in it is there; rejects otherwise. Changes nothing. */
  probe(): Promise<void>;
}

/** A folder that no export has: listing it shows that the store answers, and costs next to nothing. */
export const PROBE_FOLDER = 'probe/none';

/** What a file is called and said to be by a link to it. */
export interface LinkedFile {
  /** Value of `Content-Disposition`. */
  readonly disposition: string;
  readonly contentType: string;
}

/** A store that can let others read a file without us. */
export interface LinkingObjectStore extends ObjectStore {
  /**
   * Makes a link that reads one published file by GET, whole or by range, for at most 60 s.
   *
   * @throws SluiceError `export-not-found` when there is no such file
   */
  link(key: string, file: LinkedFile): Promise<URL>;
}

/** Longest life of a link, in seconds: a store's link cannot be revoked (SPEC X13). */
export const LINK_SECONDS = 60;

export function canLink(store: ObjectStore): store is LinkingObjectStore {
  return 'link' in store;
}

/** Nest injection token of the store. */
export const OBJECT_STORE = Symbol('ObjectStore');
