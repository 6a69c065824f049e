import { connectRabbitMq } from '@sluice/messaging';
import { openMetadata } from '@sluice/metadata-db';
import { Environment, postgresUrlOf, RunningApp, startNetworked } from '@sluice/service-kit';
import { readAuditServiceConfig } from './audit-service.config.js';
import { PostgresAuditTrail } from './postgres/postgres-audit-trail.js';
import { RecordAuditUseCase } from './record-audit.js';
import { startAuditService } from './start-audit-service.js';

const CLOSE_MS = 5_000;

/** The service as a process of its own: RabbitMQ and PostgreSQL. */
export function startNetworkedAuditService(env: Environment): Promise<RunningApp> {
  return startNetworked('audit-service', env, async (host) => {
    const config = readAuditServiceConfig(env);
    const opening = openMetadata(postgresUrlOf(env), host.reporter('a connection to PostgreSQL broke'));
    const dataSource = await host.keep('postgres', opening, (open) => open.destroy());
    const ownTrail = new RecordAuditUseCase(new PostgresAuditTrail(dataSource));
    host.recordRefusalsIn({ record: async (record) => void (await ownTrail.record({ records: [record] })) });
    const connecting = connectRabbitMq(host.busOptions());
    const bus = await host.keep('bus', connecting, (open) => open.close(CLOSE_MS));
    const app = await startAuditService(config, { bus, dataSource });
    const notReady = async () => [...(bus.connected ? [] : ['rabbitmq']), ...(await app.notReady())];
    return { ...app, notReady };
  });
}
