import { AuditSink } from '@sluice/contracts';
import { join } from 'node:path';
import { z } from 'zod';
import { PublishAudit, startAuditShipper } from './audit-spool/audit-shipper.js';
import { AuditSpool } from './audit-spool/audit-spool.js';
import { Cleanup } from './cleanup.js';
import { armFailpoint } from './failpoint.js';
import { startHealthServer } from './health-server.js';
import { messageKeys } from './derive-key.js';
import { createLogger, Logger, LOG_LEVELS } from './logger.js';
import { Loop } from './loop.js';
import { RefusedMessages, RefusedSeal } from './refused-messages.js';
import { RunningApp } from './running-app.js';
import { Environment, integerSetting, portSetting, readSettings, secretSetting } from './settings.js';

const SHIP_MS = 5_000;
const MIB = 1_048_576;

const brokerUrl = z.string().regex(/^amqps?:\/\//, 'expected a URL that begins with amqp:// or amqps://');

const schema = z.object({
  SLUICE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  SLUICE_HOME: z.string(),
  SLUICE_RABBITMQ_URL: brokerUrl,
  SLUICE_SECRET: secretSetting(),
  SLUICE_HEALTH_PORT: portSetting().default(9_000),
  SLUICE_AUDIT_SPOOL_MIB: integerSetting(1, 65_536).default(256),
});

/** The URL of PostgreSQL, for services that use it. Throws SettingsError. */
export function postgresUrlOf(env: Environment): string {
  const url = z.string().regex(/^postgres(ql)?:\/\//, 'expected a URL that begins with postgres://');
  return readSettings(z.object({ SLUICE_POSTGRES_URL: url }), env).SLUICE_POSTGRES_URL;
}

/** The URL of RabbitMQ, for tools. Throws SettingsError. */
export function rabbitMqUrlOf(env: Environment): string {
  return readSettings(z.object({ SLUICE_RABBITMQ_URL: brokerUrl }), env).SLUICE_RABBITMQ_URL;
}

/** The secret that keys are derived from, for tools that need no other setting of their own. Throws SettingsError. */
export function secretOf(env: Environment): string {
  return readSettings(z.object({ SLUICE_SECRET: secretSetting() }), env).SLUICE_SECRET;
}

/** Settings that every networked service has. */
export interface NetworkSettings {
  /** Folder of this service's own state. */
  readonly home: string;
  readonly rabbitMqUrl: string;
  /** At least 32 characters; messages between the services are sealed with keys that are derived from it. */
  readonly secret: string;
  readonly healthPort: number;
  readonly auditSpoolBytes: number;
}

/** How a service joins the message bus. */
interface BusOptions {
  readonly url: string;
  readonly service: string;
  keysOf(service: string): readonly Buffer[];
  onFault(fault: { readonly name: string; readonly error: unknown }): void;
  onDeadLetter(letter: { readonly event: string; readonly group: string; readonly deliveries: number }): void;
  onRefused(message: RefusedSeal): void;
}

/** What a networked service is built with: its settings, and a place to leave what must be closed. */
export class ServiceHost {
  private readonly refused: RefusedMessages;

  constructor(
    readonly name: string,
    readonly settings: NetworkSettings,
    readonly logger: Logger,
    private readonly cleanup: Cleanup,
  ) {
    this.refused = new RefusedMessages(logger);
  }

  /** Keeps a resource until the service is closed. */
  async keep<T>(name: string, opening: Promise<T>, close: (resource: T) => Promise<void>): Promise<T> {
    const resource = await opening;
    this.cleanup.add(name, () => close(resource));
    return resource;
  }

  /** The service's own spool, emptied through `publish`; its folder belongs to this process alone. */
  openAudit(publish: PublishAudit): AuditSink {
    const onFault = (err: unknown): void => {
      this.logger.error({ err }, 'the audit spool reported a fault');
    };
    const folder = join(this.settings.home, 'audit', this.name);
    const spool = new AuditSpool({ folder, maxBytes: this.settings.auditSpoolBytes, onFault });
    this.cleanup.add('audit spool', () => spool.close());
    const shipper = startAuditShipper(spool, publish, { onFault });
    this.cleanup.add('audit shipper', () => shipper.stop(SHIP_MS));
    this.recordRefusalsIn(spool);
    return spool;
  }

  /** From now on messages that are refused for their seal are recorded here. */
  recordRefusalsIn(audit: AuditSink): void {
    this.refused.recordTo(audit);
  }

  /** Does something over and over until the service is closed. */
  async repeat(name: string, step: () => Promise<unknown>, everyMs: number): Promise<void> {
    const loop = new Loop(step, everyMs, this.reporter(`${name} failed`));
    loop.start();
    await this.keep(name, Promise.resolve(loop), (started) => started.close());
  }

  /** For `connectRabbitMq`. What has no caller to go to is logged: never the content of a message. */
  busOptions(): BusOptions {
    return {
      url: this.settings.rabbitMqUrl,
      service: this.name,
      keysOf: messageKeys(this.settings.secret),
      onFault: ({ name, error: err }) => {
        this.logger.error({ err, message: name }, 'a message could not be handled');
      },
      onDeadLetter: ({ event, group, deliveries }) => {
        this.logger.error({ event, group, deliveries }, 'a message was set aside');
      },
      onRefused: this.refused.onRefused,
    };
  }

  /** For the log of what goes wrong beside any request. */
  reporter(message: string): (err: unknown) => void {
    return (err) => {
      this.logger.error({ err }, message);
    };
  }
}

/**
 * Starts one service as a process of its own. What `build` has kept is closed in the opposite order, after the app; also when
 * the start fails. `options.health` is off for an app that answers `/healthz` itself.
 *
 * @throws SettingsError with a sentence for each bad variable
 */
export async function startNetworked(
  name: string,
  env: Environment,
  build: (host: ServiceHost) => Promise<RunningApp>,
  options: { readonly health: boolean } = { health: true },
): Promise<RunningApp> {
  const read = readSettings(schema, env);
  const logger = createLogger(name, read.SLUICE_LOG_LEVEL);
  if (armFailpoint(env))
    logger.warn('SLUICE_FAILPOINT is set: this process will kill itself; never for production');
  const cleanup = new Cleanup((step, err) => {
    logger.error({ err, step }, 'closing failed');
  });
  const settings = {
    home: read.SLUICE_HOME,
    rabbitMqUrl: read.SLUICE_RABBITMQ_URL,
    secret: read.SLUICE_SECRET,
    healthPort: read.SLUICE_HEALTH_PORT,
    auditSpoolBytes: read.SLUICE_AUDIT_SPOOL_MIB * MIB,
  };
  try {
    const app = await build(new ServiceHost(name, settings, logger, cleanup));
    cleanup.add(name, () => app.close(20_000));
    if (options.health) {
      const server = await startHealthServer(settings.healthPort, app);
      cleanup.add('health server', () => server.close());
    }
    logger.info('started');
    return { name, notReady: () => app.notReady(), close: () => cleanup.run() };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
