import { LRUCache } from 'lru-cache';
import { AnswerCache, bodyBytes, CacheEntry, MAX_ENTRY_BYTES } from '../ports.js';

/** What an entry costs beside its bytes: key, numbers, the map's own. */
const ENTRY_OVERHEAD_BYTES = 512;

/** The embedded cache: bounded by bytes, the longest unused entry goes first. */
export class MemoryCache implements AnswerCache {
  readonly #entries: LRUCache<string, CacheEntry>;

  /** @param maxBytes of all entries together. @param ttlMs how long one is given out */
  constructor(maxBytes: number, ttlMs: number) {
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: Math.min(maxBytes, MAX_ENTRY_BYTES),
      sizeCalculation: (entry) => ENTRY_OVERHEAD_BYTES + bodyBytes(entry),
      ttl: ttlMs,
    });
  }

  async get(key: string): Promise<CacheEntry | undefined> {
    return this.#entries.get(key);
  }

  async set(key: string, entry: CacheEntry): Promise<void> {
    this.#entries.set(key, entry);
  }
}
