import { LRUCache } from 'lru-cache';
import { MAX_KEYS } from './local-limiter.js';
import { type Quota, type Spent } from './rate-limiter.js';

/** One key's window, as far as this process knows. */
interface Standing {
  /** The most that Redis has told, and what was let through here since. */
  used: number;
  /** How much of it Redis has not been told of. */
  owed: number;
  endsAt: number;
}

/**
 * What is known of a count that Redis keeps, so that the count can go on where it was while Redis is away, and Redis can
 * be told afterwards. Without that, a client got its whole quota once more from each gateway. Bounded: the key that was
 * not used for longest is forgotten.
 */
export class Standings {
  private readonly held: LRUCache<string, Standing>;

  /** @param now in ms, from any fixed moment */
  constructor(
    private readonly quota: Quota,
    private readonly now: () => number,
    maxKeys = MAX_KEYS,
  ) {
    this.held = new LRUCache({ max: maxKeys });
  }

  /** Takes over what Redis says. Answers may come out of order, and do not hold what is owed: the higher count is right. */
  learn(key: string, { remaining, resetMs }: Spent): void {
    const standing = this.of(key);
    standing.used = Math.max(standing.used, this.quota.limit - remaining);
    standing.endsAt = Math.min(standing.endsAt, this.now() + resetMs);
  }

  /** Counts one request without Redis; it is owed then. */
  spend(key: string): Spent {
    const standing = this.of(key);
    const allowed = standing.used < this.quota.limit;
    if (allowed) {
      standing.used += 1;
      standing.owed += 1;
    }
    return {
      allowed,
      remaining: this.quota.limit - standing.used,
      resetMs: Math.max(0, standing.endsAt - this.now()),
    };
  }

  /** @param points may be negative, for what Redis turns out to have counted */
  owe(key: string, points: number): void {
    const standing = this.current(key);
    if (standing !== undefined) standing.owed += points;
  }

  /** What to tell Redis of with the next request; nobody else gets it. Nothing is owed past the end of a window. */
  takeOwed(key: string): number {
    const standing = this.of(key);
    const { owed } = standing;
    standing.owed = 0;
    return owed;
  }

  private current(key: string): Standing | undefined {
    const held = this.held.get(key);
    return held !== undefined && held.endsAt > this.now() ? held : undefined;
  }

  private of(key: string): Standing {
    const current = this.current(key);
    if (current !== undefined) return current;
    const fresh = { used: 0, owed: 0, endsAt: this.now() + this.quota.windowSeconds * 1_000 };
    this.held.set(key, fresh);
    return fresh;
  }
}
