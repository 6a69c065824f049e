import {
  type Environment,
  integerSetting,
  LOG_LEVELS,
  type LogLevel,
  readSettings,
  secretSetting,
} from '@sluice/service-kit';
import { z } from 'zod';

export interface QueryServiceConfig {
  readonly logLevel: LogLevel;
  /** At least 32 characters; the key of the cursors is derived from it. */
  readonly secret: string;
  /** Longest a query may run, in ms; 5 minutes at most (SPEC Q11). */
  readonly queryTimeoutMs: number;
  /** Memory of the engine, in MiB. */
  readonly memoryMib: number;
  /** Bytes of answers kept in memory, where there is no Redis. */
  readonly cacheBytes: number;
  /** The cache that all instances share; null keeps answers in this process's memory. */
  readonly redisUrl: string | null;
  /** How long an answer may be given again, in ms (SPEC Q10). */
  readonly cacheTtlMs: number;
  /** How often changed catalogue and policy files are looked for, in ms. */
  readonly reloadMs: number;
}

const MIB = 1_048_576;

/** Variables of the service by their names, before they are made one config. */
export const QUERY_SERVICE_SETTINGS = z.object({
  SLUICE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  SLUICE_SECRET: secretSetting(),
  SLUICE_QUERY_TIMEOUT_SECONDS: integerSetting(1, 300).default(300),
  SLUICE_QUERY_MEMORY_MIB: integerSetting(128, 1_048_576).default(1_024),
  SLUICE_CACHE_MIB: integerSetting(1, 65_536).default(64),
  SLUICE_REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'expected a URL that begins with redis:// or rediss://')
    .optional(),
});

const schema = QUERY_SERVICE_SETTINGS.transform((env): QueryServiceConfig => ({
  logLevel: env.SLUICE_LOG_LEVEL,
  secret: env.SLUICE_SECRET,
  queryTimeoutMs: env.SLUICE_QUERY_TIMEOUT_SECONDS * 1_000,
  memoryMib: env.SLUICE_QUERY_MEMORY_MIB,
  cacheBytes: env.SLUICE_CACHE_MIB * MIB,
  redisUrl: env.SLUICE_REDIS_URL ?? null,
  cacheTtlMs: 600_000,
  reloadMs: 1_000,
}));

/** Throws SettingsError with a sentence for each bad variable. */
export function readQueryServiceConfig(env: Environment): QueryServiceConfig {
  return readSettings(schema, env);
}
