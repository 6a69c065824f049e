import { z } from 'zod';
import { LOG_LEVELS, type LogLevel } from './logger.js';
import { Environment, integerSetting, portSetting, readSettings, secretSetting } from './settings.js';

const MIB = 1_048_576;

const brokerUrl = z.string().regex(/^amqps?:\/\//, 'expected a URL that begins with amqp:// or amqps://');

/** Settings that every networked service has. */
export interface NetworkSettings {
  readonly logLevel: LogLevel;
  /** Folder of this service's own state. */
  readonly home: string;
  readonly rabbitMqUrl: string;
  /** At least 32 characters; messages between the services are sealed with keys that are derived from it. */
  readonly secret: string;
  readonly healthHost: string;
  readonly healthPort: number;
  readonly auditSpoolBytes: number;
}

/** Variables of every networked service by their names. */
export const NETWORK_SETTINGS = z.object({
  SLUICE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  SLUICE_HOME: z.string(),
  SLUICE_RABBITMQ_URL: brokerUrl,
  SLUICE_SECRET: secretSetting(),
  SLUICE_HEALTH_HOST: z.string().default('0.0.0.0'),
  SLUICE_HEALTH_PORT: portSetting().default(9_000),
  SLUICE_AUDIT_SPOOL_MIB: integerSetting(1, 65_536).default(256),
});

const schema = NETWORK_SETTINGS.transform((env): NetworkSettings => ({
  logLevel: env.SLUICE_LOG_LEVEL,
  home: env.SLUICE_HOME,
  rabbitMqUrl: env.SLUICE_RABBITMQ_URL,
  secret: env.SLUICE_SECRET,
  healthHost: env.SLUICE_HEALTH_HOST,
  healthPort: env.SLUICE_HEALTH_PORT,
  auditSpoolBytes: env.SLUICE_AUDIT_SPOOL_MIB * MIB,
}));

/** Throws SettingsError with a sentence for each bad variable. */
export function readNetworkSettings(env: Environment): NetworkSettings {
  return readSettings(schema, env);
}

/** Where PostgreSQL is, for services that use it. */
export const POSTGRES_SETTINGS = z.object({
  SLUICE_POSTGRES_URL: z.string().regex(/^postgres(ql)?:\/\//, 'expected a URL that begins with postgres://'),
});

/** The URL of PostgreSQL, for services that use it. Throws SettingsError. */
export function postgresUrlOf(env: Environment): string {
  return readSettings(POSTGRES_SETTINGS, env).SLUICE_POSTGRES_URL;
}

/** The URL of RabbitMQ, for tools. Throws SettingsError. */
export function rabbitMqUrlOf(env: Environment): string {
  return readSettings(z.object({ SLUICE_RABBITMQ_URL: brokerUrl }), env).SLUICE_RABBITMQ_URL;
}

/** The secret, for services that read it beside their own schema. */
export const SECRET_SETTINGS = z.object({ SLUICE_SECRET: secretSetting() });

/** The secret that keys are derived from, for services that need no other setting of their own. Throws SettingsError. */
export function secretOf(env: Environment): string {
  return readSettings(SECRET_SETTINGS, env).SLUICE_SECRET;
}
