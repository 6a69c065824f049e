import { SluiceError } from '@sluice/contracts';
import { type Quota, type RateLimiter, type Spent } from './rate-limiter.js';

/** A client may use a tenth of its minute, or this many requests, within one second. */
const SMALLEST_BURST = 50;

export function minuteQuota(perMinute: number): Quota {
  return { name: 'default', limit: perMinute, windowSeconds: 60 };
}

/** Null where it would never be met before the minute's quota. */
export function burstQuota(perMinute: number): Quota | null {
  const limit = Math.max(SMALLEST_BURST, Math.ceil(perMinute / 10));
  return limit >= perMinute ? null : { name: 'burst', limit, windowSeconds: 1 };
}

/** What a request is told: headers for its answer, and the refusal if there is one. */
export interface RateVerdict {
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal: SluiceError | null;
}

/**
 * How much one client may ask for (SPEC Q12). The burst is looked at first and in this process: what floods one gateway
 * never reaches the shared count.
 */
export class ClientRate {
  private readonly policies: string;

  constructor(
    private readonly minute: RateLimiter,
    private readonly burst: RateLimiter | null,
  ) {
    this.policies = [minute, burst]
      .filter((limiter) => limiter !== null)
      .map(({ quota }) => policyOf(quota))
      .join(', ');
  }

  async spend(clientId: string): Promise<RateVerdict> {
    if (this.burst !== null) {
      const spent = await this.burst.spend(clientId);
      if (!spent.allowed) return this.verdict(this.burst.quota, spent);
    }
    return this.verdict(this.minute.quota, await this.minute.spend(clientId));
  }

  private verdict(quota: Quota, spent: Spent): RateVerdict {
    const headers = { 'ratelimit-policy': this.policies, ratelimit: standingOf(quota, spent) };
    return { headers, refusal: spent.allowed ? null : tooMany(quota, spent, 'requests of this client') };
  }
}

/** @param what of what there were too many, for the caller to read */
export function tooMany(quota: Quota, spent: Spent, what: string): SluiceError {
  const { name, limit, windowSeconds } = quota;
  const span = windowSeconds === 1 ? 'one second' : `${String(windowSeconds)} seconds`;
  return new SluiceError('rate-limited', `There were more than ${String(limit)} ${what} within ${span}.`, {
    limit: { name, value: limit },
    retryAfter: Math.max(1, secondsOf(spent)),
  });
}

/** Both after draft-ietf-httpapi-ratelimit-headers-10, as structured fields (RFC 9651). */
function policyOf({ name, limit, windowSeconds }: Quota): string {
  return `"${name}";q=${String(limit)};w=${String(windowSeconds)}`;
}

function standingOf({ name }: Quota, spent: Spent): string {
  return `"${name}";r=${String(spent.remaining)};t=${String(secondsOf(spent))}`;
}

function secondsOf({ resetMs }: Spent): number {
  return Math.ceil(resetMs / 1_000);
}
