import { connectRabbitMq } from '@sluice/messaging';
import { openMigrated, schemaGaps } from '@sluice/metadata-db';
import {
  drainedFirst,
  Environment,
  openBroker,
  openDatabase,
  postgresUrlOf,
  RunningApp,
  startNetworked,
} from '@sluice/service-kit';
import { readAuditServiceConfig } from './audit-service.config.js';
import { PostgresAuditTrail } from './postgres/postgres-audit-trail.js';
import { RecordAuditUseCase } from './record-audit.js';
import { startAuditService } from './start-audit-service.js';

/** The service as a process of its own: RabbitMQ and PostgreSQL. */
export function startNetworkedAuditService(env: Environment, stopping?: AbortSignal): Promise<RunningApp> {
  const service = {
    name: 'audit-service',
    env,
    settings: { config: readAuditServiceConfig, postgresUrl: postgresUrlOf },
  };
  return startNetworked(service, stopping, async (host, { config, postgresUrl }) => {
    const [dataSource, bus] = await Promise.all([
      openDatabase(host, postgresUrl, { open: openMigrated, gaps: schemaGaps }),
      openBroker(host, connectRabbitMq),
    ]);
    const ownTrail = new RecordAuditUseCase(new PostgresAuditTrail(dataSource));
    host.recordRefusalsIn({ record: async (record) => void (await ownTrail.record({ records: [record] })) });
    return drainedFirst(bus, await startAuditService(config, { bus, dataSource }));
  });
}
