import { AuditSink } from '@sluice/contracts';
import { AnalyticEngine } from '@sluice/engine';
import { MessageBus } from '@sluice/messaging';
import { Governance } from '@sluice/policy';

/** Gives the catalogue and policy in force. */
export interface GovernanceSource {
  current(): Governance;
}

/** Tells the time: microseconds since 1970. */
export type Clock = () => bigint;

/** What the service stands on; made by whoever starts it. */
export interface QueryServiceParts {
  readonly bus: MessageBus;
  readonly engine: AnalyticEngine;
  readonly governance: GovernanceSource;
  readonly audit: AuditSink;
  /** The system's unless given. */
  readonly clock?: Clock;
  /** Left out: answers are kept in this process's memory. */
  readonly cache?: AnswerCache;
}

/**
 * Keeps parts of answers under keys that tell everything they depend on, so that nothing ever has to be taken back. A miss is never an
 * error: neither method rejects, and neither keeps a caller waiting for a cache that is gone.
 */
export interface AnswerCache {
  get(key: string): Promise<CacheEntry | undefined>;
  set(key: string, entry: CacheEntry): Promise<void>;
}

export type CacheEntry = CachedPage | CachedTotal;

/** What does not differ between two answers to one plan. */
export interface CachedPage {
  readonly kind: 'page';
  /** Of JSON the body up to its `meta`, of the other forms the whole body; in pieces, so that a large page is put together only once. */
  readonly body: readonly Uint8Array[];
  readonly returned: number;
  readonly hasMore: boolean;
  /** Cursor of the next page. */
  readonly next: string | null;
}

/** A number of rows over all pages. */
export interface CachedTotal {
  readonly kind: 'total';
  readonly rows: number;
  readonly isExact: boolean;
}

/** Bytes of a page's body; 0 for what has none. */
export function bodyBytes(entry: CacheEntry): number {
  return entry.kind === 'page' ? entry.body.reduce((sum, piece) => sum + piece.byteLength, 0) : 0;
}

/** Larger entries are not kept: one of them would push out hundreds of others. */
export const MAX_ENTRY_BYTES = 8 * 1_048_576;
