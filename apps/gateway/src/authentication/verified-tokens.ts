import { hash } from 'node:crypto';
import { type Principal } from '@sluice/contracts';
import { LRUCache } from 'lru-cache';

const REMEMBERED = 10_000;
/** A key that its issuer takes back, or a claim that it mends, is seen again within this time. */
const LONGEST_MS = 30_000;

/**
 * Tokens whose signature and claims were found good a moment ago: a client sends the same one with every request, and checking a
 * signature costs as much as answering a page from the cache. Whether the client may still use it is asked each time, elsewhere.
 */
export class VerifiedTokens {
  // By hash, so that no copy of a token outlives its request here.
  readonly #principals = new LRUCache<string, Principal>({
    max: REMEMBERED,
    ttl: LONGEST_MS,
    // The clock that the ends of tokens are told by.
    perf: { now: () => Date.now() },
  });

  get(token: string): Principal | undefined {
    return this.#principals.get(hashOf(token));
  }

  /** @param expiresAt seconds since 1970, as the token's `exp` has it; no clock tolerance is added to it here */
  keep(token: string, principal: Principal, expiresAt: number): void {
    const ttl = Math.min(LONGEST_MS, Math.floor(expiresAt * 1_000 - Date.now()));
    if (ttl > 0) this.#principals.set(hashOf(token), principal, { ttl });
  }
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64');
}
