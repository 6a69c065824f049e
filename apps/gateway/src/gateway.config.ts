import {
  flagSetting,
  integerSetting,
  listSetting,
  LOG_LEVELS,
  portSetting,
  readerOf,
  readTogether,
  refuseUnsafeEdge,
  secretSetting,
  type Environment,
  type LogLevel,
} from '@sluice/service-kit';
import { z } from 'zod';
import { CLAIM_NAME, RESERVED_CLAIMS } from './authentication/policy-claims.js';
import { grpcConfigOf, grpcProblems, grpcSettings, type GrpcConfig } from './grpc/grpc.config.js';

/** Names of the token's claims that make a principal; `a.b` looks into an object. */
export interface ClaimNames {
  readonly client: string;
  readonly tenants: string;
  readonly roles: string;
  /** What row filters of the policy may name: claims by their names, or all that one claim, an object, holds. */
  readonly policy:
    | { readonly kind: 'named'; readonly names: readonly string[] }
    | { readonly kind: 'within'; readonly name: string };
}

/** Our own issuer at `POST /oauth/token`. Its issuer URL is the gateway's public URL. */
export interface BuiltInIssuer {
  readonly kind: 'built-in';
  readonly audience: string;
  /** Holds the private signing keys as a JWK set; made on the first start. */
  readonly keysFile: string;
}

/** Any OpenID provider whose access tokens are JWTs. */
export interface ExternalIssuer {
  readonly kind: 'external';
  readonly audience: string;
  readonly issuer: string;
  readonly jwksUrl: string;
}

export interface GatewayConfig {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** How callers reach this gateway, without a slash at the end; signed links begin with it. */
  readonly publicUrl: string;
  /** At least 32 characters; the key of the links is derived from it. */
  readonly secret: string;
  readonly logLevel: LogLevel;
  /** Addresses or networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Largest body of a request, in bytes. */
  readonly bodyLimit: number;
  readonly timeouts: {
    /** For a request's headers, then for all of it, in ms. */
    readonly headersMs: number;
    readonly requestMs: number;
    /** Between two requests on one connection. */
    readonly keepAliveMs: number;
    /** How long a reader of a download may take nothing. */
    readonly stalledMs: number;
    /** How long it goes on serving once it is told to end and says that it is not ready: so long may load balancers take to notice. */
    readonly drainDelayMs: number;
  };
  readonly issuer: BuiltInIssuer | ExternalIssuer;
  /** For an external issuer; the built-in one has its own. */
  readonly claims: ClaimNames;
  readonly rateLimits: RateLimitConfig;
  /** Null when the gateway speaks HTTP only. */
  readonly grpc: GrpcConfig | null;
  /** Longest that query-service lets a query run, in ms. */
  readonly queryTimeoutMs: number;
}

export interface RateLimitConfig {
  /** Requests of one client on the governed routes; 0 turns the limit off. */
  readonly perMinute: number;
  /** Bad tokens, secrets and links from one address; 0 turns the limit off. */
  readonly failuresPerMinute: number;
  /** Where gateways count together; null when each counts by itself. */
  readonly redisUrl: string | null;
}

export const DEFAULT_TIMEOUTS: GatewayConfig['timeouts'] = {
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 65_000,
  stalledMs: 60_000,
  drainDelayMs: 0,
};
export const DEFAULT_BODY_LIMIT = 1_048_576;
export const DEFAULT_CLAIMS: ClaimNames = {
  client: 'client_id',
  tenants: 'tenants',
  roles: 'roles',
  policy: { kind: 'named', names: [] },
};
export const DEFAULT_RATE_LIMITS: RateLimitConfig = {
  perMinute: 6_000,
  failuresPerMinute: 300,
  redisUrl: null,
};

/** As long as any query may run (SPEC Q11). */
export const DEFAULT_QUERY_TIMEOUT_SECONDS = 300;

const urlSetting = () =>
  z
    .url({ protocol: /^https?$/, error: 'expected a URL that begins with http:// or https://' })
    .transform((url) => url.replace(/\/$/, ''));
const redisUrlSetting = () =>
  z.url({ protocol: /^rediss?$/, error: 'expected a URL that begins with redis:// or rediss://' });
const claimSetting = () => z.string().max(200);
const policyClaimsSetting = () =>
  listSetting().superRefine((names, context) => {
    for (const name of names) {
      if (RESERVED_CLAIMS.includes(name)) {
        context.addIssue(`"${name}" is what the policy calls the caller's own; no claim can have that name`);
      } else if (!CLAIM_NAME.test(name)) {
        context.addIssue(
          'expected names of claims with commas between them: a letter, then letters, digits, . _ : / -',
        );
      }
    }
  });

/** Variables of the gateway by their names, before they are made one config. */
export const GATEWAY_SETTINGS = z.object({
  SLUICE_HOST: z.string().default('0.0.0.0'),
  PORT: portSetting().default(3000),
  SLUICE_PUBLIC_URL: urlSetting(),
  SLUICE_SECRET: secretSetting(),
  SLUICE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  SLUICE_TRUSTED_PROXIES: listSetting().default([]),
  SLUICE_BODY_LIMIT: integerSetting(1_024, 16_777_216).default(DEFAULT_BODY_LIMIT),
  SLUICE_DRAIN_DELAY_MS: integerSetting(0, 15_000).default(0),
  SLUICE_BUILT_IN_ISSUER: flagSetting().default(true),
  SLUICE_SIGNING_KEYS_FILE: z.string().optional(),
  SLUICE_ISSUER_URL: z.url().optional(),
  SLUICE_JWKS_URL: urlSetting().optional(),
  SLUICE_AUDIENCE: z.string().optional(),
  SLUICE_CLAIM_CLIENT: claimSetting().default(DEFAULT_CLAIMS.client),
  SLUICE_CLAIM_TENANTS: claimSetting().default(DEFAULT_CLAIMS.tenants),
  SLUICE_CLAIM_ROLES: claimSetting().default(DEFAULT_CLAIMS.roles),
  SLUICE_POLICY_CLAIMS: policyClaimsSetting().default([]),
  SLUICE_RATE_LIMIT_PER_MINUTE: integerSetting(0, 10_000_000).default(DEFAULT_RATE_LIMITS.perMinute),
  SLUICE_AUTH_FAILURES_PER_MINUTE: integerSetting(0, 1_000_000).default(
    DEFAULT_RATE_LIMITS.failuresPerMinute,
  ),
  SLUICE_REDIS_URL: redisUrlSetting().optional(),
  ...grpcSettings,
  SLUICE_QUERY_TIMEOUT_SECONDS: integerSetting(1, DEFAULT_QUERY_TIMEOUT_SECONDS).default(
    DEFAULT_QUERY_TIMEOUT_SECONDS,
  ),
});

const schema = GATEWAY_SETTINGS.superRefine((env, context) => {
  for (const message of grpcProblems(env)) context.addIssue({ code: 'custom', message });
  for (const name of requiredForIssuer(env.SLUICE_BUILT_IN_ISSUER)) {
    if (env[name] === undefined) {
      const when = env.SLUICE_BUILT_IN_ISSUER ? 'the built-in issuer is on' : 'the built-in issuer is off';
      context.addIssue({ code: 'custom', message: `${name} is not set, but required when ${when}.` });
    }
  }
});

function requiredForIssuer(builtIn: boolean) {
  return builtIn
    ? (['SLUICE_SIGNING_KEYS_FILE'] as const)
    : (['SLUICE_ISSUER_URL', 'SLUICE_JWKS_URL', 'SLUICE_AUDIENCE'] as const);
}

/** @throws SettingsError naming every bad variable */
export function readGatewayConfig(env: Environment): GatewayConfig {
  const { read } = readTogether(env, { read: readerOf(schema), safe: refuseUnsafeEdge });
  return {
    host: read.SLUICE_HOST,
    port: read.PORT,
    publicUrl: read.SLUICE_PUBLIC_URL,
    secret: read.SLUICE_SECRET,
    logLevel: read.SLUICE_LOG_LEVEL,
    trustedProxies: read.SLUICE_TRUSTED_PROXIES,
    bodyLimit: read.SLUICE_BODY_LIMIT,
    timeouts: { ...DEFAULT_TIMEOUTS, drainDelayMs: read.SLUICE_DRAIN_DELAY_MS },
    issuer: issuerOf(read),
    claims: {
      client: read.SLUICE_CLAIM_CLIENT,
      tenants: read.SLUICE_CLAIM_TENANTS,
      roles: read.SLUICE_CLAIM_ROLES,
      policy: { kind: 'named', names: read.SLUICE_POLICY_CLAIMS },
    },
    rateLimits: {
      perMinute: read.SLUICE_RATE_LIMIT_PER_MINUTE,
      failuresPerMinute: read.SLUICE_AUTH_FAILURES_PER_MINUTE,
      redisUrl: read.SLUICE_REDIS_URL ?? null,
    },
    grpc: grpcConfigOf(read),
    queryTimeoutMs: read.SLUICE_QUERY_TIMEOUT_SECONDS * 1_000,
  };
}

function issuerOf(read: z.output<typeof schema>): BuiltInIssuer | ExternalIssuer {
  const audience = read.SLUICE_AUDIENCE ?? `${read.SLUICE_PUBLIC_URL}/api`;
  // The schema has made sure that what each kind needs is set.
  if (read.SLUICE_BUILT_IN_ISSUER) {
    return { kind: 'built-in', audience, keysFile: read.SLUICE_SIGNING_KEYS_FILE ?? '' };
  }
  return {
    kind: 'external',
    audience,
    issuer: read.SLUICE_ISSUER_URL ?? '',
    jwksUrl: read.SLUICE_JWKS_URL ?? '',
  };
}

/** Nest injection token of the config. */
export const GATEWAY_CONFIG = Symbol('GatewayConfig');
