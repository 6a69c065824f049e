import { type Logger } from '@sluice/service-kit';
import { type GatewayConfig } from '../gateway.config.js';
import { burstQuota, ClientRate, minuteQuota } from './client-rate.js';
import { connectRedis, type RedisClient } from './connect-redis.js';
import { FailedAttempts } from './failed-attempts.js';
import { LocalLimiter } from './local-limiter.js';
import { type Quota, type RateLimiter } from './rate-limiter.js';
import { SharedLimiter } from './shared-limiter.js';

/** What the gateway counts, and the connection behind it. */
export class RateLimits {
  private constructor(
    /** Null when clients are not limited. */
    readonly clients: ClientRate | null,
    readonly attempts: FailedAttempts,
    private readonly redis: RedisClient | null,
  ) {}

  static async create({ rateLimits }: GatewayConfig, logger: Logger): Promise<RateLimits> {
    const { perMinute, failuresPerMinute, redisUrl } = rateLimits;
    const attempts = new FailedAttempts(failuresPerMinute);
    if (perMinute === 0) return new RateLimits(null, attempts, null);
    const redis = redisUrl === null ? null : await connect(redisUrl, logger);
    const quota = minuteQuota(perMinute);
    const burst = burstQuota(perMinute);
    const minute = redis === null ? new LocalLimiter(quota) : shared(redis, quota, logger);
    const clients = new ClientRate(minute, burst === null ? null : new LocalLimiter(burst));
    return new RateLimits(clients, attempts, redis);
  }

  close(): void {
    if (this.redis?.isOpen === true) this.redis.destroy();
  }
}

function connect(url: string, logger: Logger): Promise<RedisClient> {
  return connectRedis(url, (err) => {
    // One for each try: what matters, that limits are local now, is warned of once.
    logger.debug({ err }, 'The connection to Redis has a fault.');
  });
}

function shared(redis: RedisClient, quota: Quota, logger: Logger): RateLimiter {
  return new SharedLimiter({
    redis,
    quota,
    onChange: (fault) => {
      if (fault === null) logger.info('Redis answers again: rate limits are shared.');
      else logger.warn({ err: fault }, 'Redis does not answer: each gateway keeps rate limits by itself.');
    },
  });
}
