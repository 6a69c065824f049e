import { patiently } from '@sluice/service-kit';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { refusedBy, spentOf } from './local-limiter.js';
import { type Quota, type RateLimiter, type Spent } from './rate-limiter.js';
import { Standings } from './standings.js';

/** A Redis that takes longer is as good as none. */
const DEADLINE_MS = 150;
/** How long it is left alone then, before one request tries it again. */
const RETRY_MS = 1_000;

export interface SharedLimiterOptions {
  readonly redis: unknown;
  readonly quota: Quota;
  /** Told once when Redis is given up, and once (null) when it is back. */
  readonly onChange: (fault: unknown) => void;
  readonly now?: () => number;
}

/**
 * Counts in Redis, so that all gateways share one budget: one round trip for each request, none for a client that is
 * known to be past its quota.
 *
 * While Redis does not answer (SAFETY R8) each gateway counts on by itself from where the count was, and tells Redis with
 * the key's next request once it is back.
 */
export class SharedLimiter implements RateLimiter {
  readonly quota: Quota;
  private readonly limiter: RateLimiterRedis;
  private readonly standings: Standings;
  private readonly now: () => number;
  private down = false;
  private retryAt = 0;

  constructor(private readonly options: SharedLimiterOptions) {
    this.quota = options.quota;
    this.now = options.now ?? (() => performance.now());
    this.standings = new Standings(options.quota, this.now);
    this.limiter = new RateLimiterRedis({
      storeClient: options.redis,
      useRedisPackage: true,
      keyPrefix: `sluice:rate:${options.quota.name}`,
      points: options.quota.limit,
      duration: options.quota.windowSeconds,
      inMemoryBlockOnConsumed: options.quota.limit + 1,
    });
  }

  async spend(key: string): Promise<Spent> {
    if (this.down) {
      if (this.now() < this.retryAt) return this.standings.spend(key);
      // This one request tries; those that come meanwhile do not wait with it.
      this.retryAt = this.now() + RETRY_MS;
    }
    const asked = this.ask(key);
    try {
      const spent = await patiently(
        DEADLINE_MS,
        asked,
        `Redis did not answer within ${String(DEADLINE_MS)} ms.`,
      );
      this.answered();
      return spent;
    } catch (fault) {
      this.failed(fault);
      const spent = this.standings.spend(key);
      if (spent.allowed) this.settleWhenHeard(key, asked);
      return spent;
    }
  }

  /** With the request goes what Redis does not know of yet. */
  private async ask(key: string): Promise<Spent> {
    const owed = this.standings.takeOwed(key);
    try {
      const spent = await this.consume(key, 1 + owed);
      this.standings.learn(key, spent);
      return spent;
    } catch (fault) {
      this.standings.owe(key, owed);
      throw fault;
    }
  }

  private async consume(key: string, points: number): Promise<Spent> {
    try {
      return spentOf(await this.limiter.consume(key, points), true);
    } catch (refusal) {
      return refusedBy(refusal);
    }
  }

  /** An answer that comes after the request was counted here says that it is not owed. */
  private settleWhenHeard(key: string, asked: Promise<Spent>): void {
    const heard = () => {
      this.standings.owe(key, -1);
    };
    // Without an answer it stays owed; the fault itself was told already.
    asked.then(heard, () => undefined);
  }

  private answered(): void {
    if (!this.down) return;
    this.down = false;
    this.options.onChange(null);
  }

  private failed(fault: unknown): void {
    this.retryAt = this.now() + RETRY_MS;
    if (this.down) return;
    this.down = true;
    this.options.onChange(fault);
  }
}
