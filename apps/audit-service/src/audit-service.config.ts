import { type Environment, LOG_LEVELS, type LogLevel, readSettings } from '@sluice/service-kit';
import { z } from 'zod';

export interface AuditServiceConfig {
  readonly logLevel: LogLevel;
}

/** Variables of the service by their names, before they are made one config. */
export const AUDIT_SERVICE_SETTINGS = z.object({ SLUICE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info') });

const schema = AUDIT_SERVICE_SETTINGS.transform((env): AuditServiceConfig => ({
  logLevel: env.SLUICE_LOG_LEVEL,
}));

/** Throws SettingsError with a sentence for each bad variable. */
export function readAuditServiceConfig(env: Environment): AuditServiceConfig {
  return readSettings(schema, env);
}
