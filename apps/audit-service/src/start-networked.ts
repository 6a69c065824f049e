import { connectRabbitMq, RabbitMqMessageBus } from '@sluice/messaging';
import { createDataSource, migrate } from '@sluice/metadata-db';
import { createLogger, Logger, RunningApp, startHealthServer } from '@sluice/service-kit';
import { NetworkedConfig } from './networked.config.js';
import { startAuditService } from './start-audit-service.js';

const POOL_SIZE = 8;
const CONNECT_MS = 10_000;
const STATEMENT_MS = 30_000;

/** Starts the service as a process of its own: its database and broker, migrations, and the health server. */
export async function startNetworked(config: NetworkedConfig): Promise<RunningApp> {
  const logger = createLogger('audit-service', config.service.logLevel);
  /** What is open, to be closed from the last to the first. */
  const open: ((graceMs: number) => Promise<void>)[] = [];
  const close = async (graceMs: number): Promise<void> => {
    for (const end of open.splice(0).reverse()) await end(graceMs);
  };
  try {
    const dataSource = await createDataSource({
      url: config.postgresUrl,
      poolSize: POOL_SIZE,
      connectTimeoutMs: CONNECT_MS,
      statementTimeoutMs: STATEMENT_MS,
      onIdleError: (err) => logger.warn({ err }, 'lost an idle connection to postgres'),
    });
    open.push(() => dataSource.destroy());
    await migrate(dataSource);
    const bus = await openBus(config.rabbitMqUrl, logger);
    open.push((graceMs) => bus.close(graceMs)); // waits for running handlers, which need the database
    const service = await startAuditService(config.service, { bus, dataSource });
    open.push((graceMs) => service.close(graceMs));
    const app: RunningApp = { name: service.name, notReady: () => notReady(service, bus), close };
    const health = await startHealthServer(config.healthPort, app);
    open.push(() => health.close());
    return app;
  } catch (error) {
    await close(0);
    throw error;
  }
}

function openBus(url: string, logger: Logger): Promise<RabbitMqMessageBus> {
  return connectRabbitMq({
    url,
    onFault: ({ name, error: err }) => logger.error({ err, message: name }, 'a message could not be handled'),
    onDeadLetter: ({ message: _, ...letter }) => logger.error(letter, 'a message was set aside'),
  });
}

async function notReady(service: RunningApp, bus: RabbitMqMessageBus): Promise<readonly string[]> {
  return [...(await service.notReady()), ...(bus.connected ? [] : ['rabbitmq'])];
}
