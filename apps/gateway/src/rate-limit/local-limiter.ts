import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type Quota, type RateLimiter, type Spent } from './rate-limiter.js';

/** Some 2 MB; a key that was not used for longest makes room for a new one. */
export const MAX_KEYS = 10_000;

/** Counts in this process alone. About a microsecond for each request; never more than `maxKeys` keys. */
export class LocalLimiter implements RateLimiter {
  private readonly limiter: RateLimiterMemory;
  /** In the order of their last use. */
  private readonly keys = new Set<string>();

  constructor(
    readonly quota: Quota,
    private readonly maxKeys = MAX_KEYS,
  ) {
    this.limiter = new RateLimiterMemory({ points: quota.limit, duration: quota.windowSeconds });
  }

  async spend(key: string): Promise<Spent> {
    await this.makeRoom(key);
    try {
      return spentOf(await this.limiter.consume(key), true);
    } catch (refusal) {
      return refusedBy(refusal);
    }
  }

  /** Whether nothing is left, without taking any; null while something is. */
  async exhausted(key: string): Promise<Spent | null> {
    const held = await this.limiter.get(key);
    return held === null || held.consumedPoints < this.quota.limit ? null : spentOf(held, false);
  }

  private async makeRoom(key: string): Promise<void> {
    if (!this.keys.delete(key) && this.keys.size >= this.maxKeys) {
      const [oldest] = this.keys;
      if (oldest !== undefined) {
        this.keys.delete(oldest);
        await this.limiter.delete(oldest);
      }
    }
    this.keys.add(key);
  }
}

export function spentOf(result: RateLimiterRes, allowed: boolean): Spent {
  return { allowed, remaining: result.remainingPoints, resetMs: Math.max(0, result.msBeforeNext) };
}

/** The library refuses by throwing the count; everything else thrown is a fault of its store. */
export function refusedBy(thrown: unknown): Spent {
  if (thrown instanceof RateLimiterRes) return spentOf(thrown, false);
  throw thrown;
}
