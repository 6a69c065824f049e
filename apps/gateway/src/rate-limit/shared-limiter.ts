import { RateLimiterRedis } from 'rate-limiter-flexible';
import { refusedBy, spentOf } from './local-limiter.js';
import { type Quota, type RateLimiter, type Spent } from './rate-limiter.js';

/** A Redis that takes longer is as good as none. */
const DEADLINE_MS = 150;
/** How long it is left alone then, before one request tries it again. */
const RETRY_MS = 1_000;

export interface SharedLimiterOptions {
  readonly redis: unknown;
  readonly quota: Quota;
  /** Counts while Redis does not answer (SAFETY R8): each gateway by itself, but never without a limit. */
  readonly local: RateLimiter;
  /** Told once when Redis is given up, and once (null) when it is back. */
  readonly onChange: (fault: unknown) => void;
  readonly now?: () => number;
}

/**
 * Counts in Redis, so that all gateways share one budget: one round trip for each request, none for a client that is
 * known to be past its quota.
 */
export class SharedLimiter implements RateLimiter {
  readonly quota: Quota;
  private readonly limiter: RateLimiterRedis;
  private readonly now: () => number;
  private down = false;
  private retryAt = 0;

  constructor(private readonly options: SharedLimiterOptions) {
    this.quota = options.quota;
    this.now = options.now ?? (() => performance.now());
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
      if (this.now() < this.retryAt) return this.options.local.spend(key);
      // This one request tries; those that come meanwhile do not wait with it.
      this.retryAt = this.now() + RETRY_MS;
    }
    try {
      const spent = await within(DEADLINE_MS, this.ask(key));
      this.answered();
      return spent;
    } catch (fault) {
      this.failed(fault);
      return this.options.local.spend(key);
    }
  }

  private async ask(key: string): Promise<Spent> {
    try {
      return spentOf(await this.limiter.consume(key), true);
    } catch (refusal) {
      return refusedBy(refusal);
    }
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

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`Redis did not answer within ${String(ms)} ms.`));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
