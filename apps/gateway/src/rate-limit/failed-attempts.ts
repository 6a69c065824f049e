import { isIPv6 } from 'node:net';
import { type SluiceError } from '@sluice/contracts';
import { tooMany } from './client-rate.js';
import { LocalLimiter } from './local-limiter.js';
import { type Quota } from './rate-limiter.js';

const WHAT = 'failed attempts from this address';

/**
 * Counts bad tokens, secrets and links by the address that they come from, in this process and within a bounded memory.
 *
 * Past the limit a bad token or link is told nothing but that, and a token request is refused before its secret is
 * looked at. A good token is still let in: judging one costs microseconds and it cannot be guessed, but many callers
 * share an address behind a proxy, and one with an expired token must not lock the others out.
 */
export class FailedAttempts {
  private readonly limiter: LocalLimiter | null;

  /** @param perMinute for each address; 0 counts nothing */
  constructor(perMinute: number) {
    const quota: Quota = { name: 'failed-attempts', limit: perMinute, windowSeconds: 60 };
    this.limiter = perMinute === 0 ? null : new LocalLimiter(quota);
  }

  /** Counts a failure; answers the refusal to tell in its place once there were too many. */
  async failed(address: string): Promise<SluiceError | null> {
    if (this.limiter === null) return null;
    const spent = await this.limiter.spend(networkOf(address));
    return spent.allowed ? null : tooMany(this.limiter.quota, spent, WHAT);
  }

  /** @throws SluiceError `rate-limited` when the address has used up its failures */
  async check(address: string): Promise<void> {
    const spent = await this.limiter?.exhausted(networkOf(address));
    if (this.limiter && spent) throw tooMany(this.limiter.quota, spent, WHAT);
  }
}

/** Whoever has one IPv6 address has the 2^64 of its network: these count as one. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head.split(':').filter((group) => group !== '');
  const after = tail === undefined ? [] : tail.split(':').filter((group) => group !== '');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}
