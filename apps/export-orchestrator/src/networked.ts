import { auditRecorded } from '@sluice/contracts';
import { connectRabbitMq, publishSafely } from '@sluice/messaging';
import { openMetadata } from '@sluice/metadata-db';
import { openObjectStore, storeSettingsSchema } from '@sluice/object-store';
import {
  deriveKey,
  Environment,
  postgresUrlOf,
  readSettings,
  RunningApp,
  startNetworked,
} from '@sluice/service-kit';
import { join } from 'node:path';
import { readExportOrchestratorConfig } from './export-orchestrator.config.js';
import { startExportOrchestrator } from './start-export-orchestrator.js';

const CLOSE_MS = 5_000;

/** The orchestrator as a process of its own: RabbitMQ, PostgreSQL, and the shared `exports` in its home. */
export function startNetworkedExportOrchestrator(env: Environment): Promise<RunningApp> {
  return startNetworked('export-orchestrator', env, async (host) => {
    const config = readExportOrchestratorConfig(env);
    const { home } = host.settings;
    const opening = openMetadata(postgresUrlOf(env), host.reporter('a connection to PostgreSQL broke'));
    const dataSource = await host.keep('postgres', opening, (open) => open.destroy());
    const store = await openObjectStore(readSettings(storeSettingsSchema, env), {
      folder: join(home, 'exports'),
      derivedKey: deriveKey(host.settings.secret, 'store'),
      onLeftover: host.reporter('an upload that failed could not be given up'),
    });
    const connecting = connectRabbitMq(host.busOptions());
    const bus = await host.keep('bus', connecting, (open) => open.close(CLOSE_MS));
    const audit = host.openAudit((records) => publishSafely(bus, auditRecorded, { records }));
    const app = await startExportOrchestrator(config, { bus, dataSource, store, audit });
    const notReady = async () => [...(bus.connected ? [] : ['rabbitmq']), ...(await app.notReady())];
    return { ...app, notReady };
  });
}
