import { type Environment, portSetting, readSettings } from '@sluice/service-kit';
import { z } from 'zod';
import { AuditServiceConfig, readAuditServiceConfig } from './audit-service.config.js';

/** What the service needs as a process of its own, beside its own settings. */
export interface NetworkedConfig {
  readonly service: AuditServiceConfig;
  readonly postgresUrl: string;
  readonly rabbitMqUrl: string;
  /** Port of `/healthz`, `/readyz` and `/metrics`. */
  readonly healthPort: number;
}

const schema = z.object({
  SLUICE_POSTGRES_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'expected postgres://…' }),
  SLUICE_RABBITMQ_URL: z.url({ protocol: /^amqps?$/, error: 'expected amqp://… or amqps://…' }),
  SLUICE_HEALTH_PORT: portSetting().default(9_000),
});

/** Throws SettingsError with a sentence for each bad variable. */
export function readNetworkedConfig(env: Environment): NetworkedConfig {
  const settings = readSettings(schema, env);
  return {
    service: readAuditServiceConfig(env),
    postgresUrl: settings.SLUICE_POSTGRES_URL,
    rabbitMqUrl: settings.SLUICE_RABBITMQ_URL,
    healthPort: settings.SLUICE_HEALTH_PORT,
  };
}
