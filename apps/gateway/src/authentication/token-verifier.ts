import { SluiceError, type Principal } from '@sluice/contracts';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JWK,
  type JWTVerifyGetKey,
  type JWTVerifyResult,
} from 'jose';
import { type ClaimNames } from '../gateway.config.js';
import { principalFromClaims } from './principal-from-claims.js';
import { VerifiedTokens } from './verified-tokens.js';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const MAX_TOKEN_LENGTH = 8_192;
/** Seconds by which two clocks may differ. */
const CLOCK_TOLERANCE = 30;

export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  /** Values of the header's `typ`, lower case; keeps tokens made for another use out. */
  readonly types: readonly string[];
  readonly claims: ClaimNames;
  readonly keys: JWTVerifyGetKey;
  /** Whether a client may still use its tokens; asked after all else. */
  readonly standing?: { check(clientId: string): Promise<boolean> };
}

/** Faults that say the keys could not be had, not that the token is bad. */
const KEYS_OUT_OF_REACH = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

/**
 * Verifies access tokens. Keys come from the configured set only: what a token says about its key (`jwk`, `jku`, `x5c`,
 * `x5u`) is never looked at, and an encrypted token is no token.
 */
export class TokenVerifier {
  private readonly verified = new VerifiedTokens();

  constructor(private readonly rules: TokenRules) {}

  /** @throws SluiceError `unauthenticated`, `tenant-required`, `role-required`; `unavailable` when the keys cannot be had */
  async verify(token: string): Promise<Principal> {
    if (token.length > MAX_TOKEN_LENGTH) throw badToken();
    const principal = this.verified.get(token) ?? (await this.verifyAnew(token));
    if ((await this.rules.standing?.check(principal.clientId)) === false) throw badToken();
    return principal;
  }

  private async verifyAnew(token: string): Promise<Principal> {
    const { payload, protectedHeader } = await this.verifySignature(token);
    const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, '');
    if (type === undefined || !this.rules.types.includes(type)) throw badToken();
    const principal = principalFromClaims(payload, this.rules.claims);
    this.verified.keep(token, principal, payload.exp ?? 0);
    return principal;
  }

  private async verifySignature(token: string): Promise<JWTVerifyResult> {
    const { issuer, audience, keys } = this.rules;
    try {
      return await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        clockTolerance: CLOCK_TOLERANCE,
        requiredClaims: ['exp', 'sub'],
      });
    } catch (error) {
      throw isBadToken(error) ? badToken(error) : keysOutOfReach(error);
    }
  }
}

/** Rules for the built-in issuer, whose tokens say that they are access tokens (RFC 9068). */
export function localRules(rules: Omit<TokenRules, 'types' | 'keys'>, keys: readonly JWK[]): TokenRules {
  return { ...rules, types: ['at+jwt'], keys: createLocalJWKSet({ keys: [...keys] }) };
}

/** Rules for any OpenID provider. Many give access tokens the type of a plain JWT; the audience tells them apart. */
export function remoteRules(rules: Omit<TokenRules, 'types' | 'keys'>, jwksUrl: string): TokenRules {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: 3_000,
    // An unknown key id makes it ask again, but not more often than this: tokens with made-up ids cost the provider nothing.
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
  });
  return { ...rules, types: ['at+jwt', 'jwt'], keys };
}

function isBadToken(error: unknown): boolean {
  return error instanceof errors.JOSEError && !KEYS_OUT_OF_REACH.has(error.code);
}

/** One answer for all that can be wrong with a token: the reason helps nobody but a forger. */
function badToken(cause?: unknown): SluiceError {
  return new SluiceError('unauthenticated', 'The token is not valid, or no longer.', {}, { cause });
}

function keysOutOfReach(cause: unknown): SluiceError {
  return new SluiceError(
    'unavailable',
    'The keys of the issuer cannot be had.',
    { retryAfter: 5 },
    { cause },
  );
}
