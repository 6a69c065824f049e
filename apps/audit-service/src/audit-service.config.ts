import { type Environment, LOG_LEVELS, type LogLevel, readSettings } from '@sluice/service-kit';
import { z } from 'zod';

export interface AuditServiceConfig {
  readonly logLevel: LogLevel;
}

const schema = z
  .object({ SLUICE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info') })
  .transform((env): AuditServiceConfig => ({ logLevel: env.SLUICE_LOG_LEVEL }));

/** Throws SettingsError with a sentence for each bad variable. */
export function readAuditServiceConfig(env: Environment): AuditServiceConfig {
  return readSettings(schema, env);
}
