import { join } from 'node:path';
import { auditRecorded } from '@sluice/contracts';
import { connectRabbitMq, publishSafely } from '@sluice/messaging';
import { openMigrated, schemaGaps } from '@sluice/metadata-db';
import { openObjectStore, storeSettingsSchema } from '@sluice/object-store';
import {
  deriveKey,
  openBroker,
  openDatabase,
  postgresUrlOf,
  readerOf,
  startNetworked,
  type Environment,
  type RunningApp,
} from '@sluice/service-kit';
import { readGatewayConfig } from './gateway.config.js';
import { startGateway } from './start-gateway.js';

/** The gateway as a process of its own: RabbitMQ, PostgreSQL, and the shared `exports` in its home. */
export function startNetworkedGateway(env: Environment, stopping?: AbortSignal): Promise<RunningApp> {
  const settings = {
    config: readGatewayConfig,
    postgresUrl: postgresUrlOf,
    store: readerOf(storeSettingsSchema),
  };
  const ownPort = ({ config: { host, port } }: { readonly config: { host: string; port: number } }) => ({
    host,
    port,
  });
  const service = { name: 'gateway', env, settings, ownPort };
  return startNetworked(service, stopping, async (host, { config, postgresUrl, store: storeSettings }) => {
    const openStore = () =>
      openObjectStore(storeSettings, {
        folder: join(host.settings.home, 'exports'),
        derivedKey: deriveKey(config.secret, 'store'),
        onLeftover: host.reporter('an upload that failed could not be given up'),
      });
    const [dataSource, store, bus] = await Promise.all([
      openDatabase(host, postgresUrl, { open: openMigrated, gaps: schemaGaps }),
      host.open('store', openStore),
      openBroker(host, connectRabbitMq),
    ]);
    const audit = host.openAudit((records) => publishSafely(bus, auditRecorded, { records }));
    return startGateway(config, {
      bus,
      dataSource,
      store,
      audit,
      ready: () => host.missing(),
      beforeListening: () => host.leaveHealthPort(),
    });
  });
}
