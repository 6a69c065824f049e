import { join } from 'node:path';
import { auditRecorded } from '@sluice/contracts';
import { connectRabbitMq, publishSafely } from '@sluice/messaging';
import { openMetadata } from '@sluice/metadata-db';
import { openObjectStore, storeSettingsSchema } from '@sluice/object-store';
import {
  deriveKey,
  postgresUrlOf,
  readSettings,
  startNetworked,
  type Environment,
  type RunningApp,
} from '@sluice/service-kit';
import { readGatewayConfig } from './gateway.config.js';
import { startGateway } from './start-gateway.js';

const CLOSE_MS = 5_000;

/** The gateway as a process of its own: RabbitMQ, PostgreSQL, and the shared `exports` in its home. */
export function startNetworkedGateway(env: Environment): Promise<RunningApp> {
  const build: Parameters<typeof startNetworked>[2] = async (host) => {
    const config = readGatewayConfig(env);
    const { home } = host.settings;
    const opening = openMetadata(postgresUrlOf(env), host.reporter('a connection to PostgreSQL broke'));
    const dataSource = await host.keep('postgres', opening, (open) => open.destroy());
    const store = await openObjectStore(readSettings(storeSettingsSchema, env), {
      folder: join(home, 'exports'),
      derivedKey: deriveKey(config.secret, 'store'),
      onLeftover: host.reporter('an upload that failed could not be given up'),
    });
    const connecting = connectRabbitMq(host.busOptions());
    const bus = await host.keep('bus', connecting, (open) => open.close(CLOSE_MS));
    const audit = host.openAudit((records) => publishSafely(bus, auditRecorded, { records }));
    const ready = async () => (bus.connected ? [] : ['rabbitmq']);
    return startGateway(config, { bus, dataSource, store, audit, ready });
  };
  return startNetworked('gateway', env, build, { health: false });
}
