import { LRUCache } from 'lru-cache';
import { AnswerCache, CachedAnswer } from '../ports.js';

/** What an entry costs beside its text: key, numbers, the map's own. */
const ENTRY_OVERHEAD_BYTES = 512;

/** The embedded cache: bounded by bytes, the longest unused entry goes first. */
export class MemoryCache implements AnswerCache {
  readonly #entries: LRUCache<string, CachedAnswer>;

  /** @param maxBytes of all entries together. @param ttlMs how long one is given out */
  constructor(maxBytes: number, ttlMs: number) {
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      // A JavaScript text takes up to two bytes a character.
      sizeCalculation: ({ text }) => text.length * 2 + ENTRY_OVERHEAD_BYTES,
      ttl: ttlMs,
    });
  }

  async get(key: string): Promise<CachedAnswer | undefined> {
    return this.#entries.get(key);
  }

  async set(key: string, answer: CachedAnswer): Promise<void> {
    this.#entries.set(key, answer);
  }
}
