import { auditRecorded } from '@sluice/contracts';
import { connectRabbitMq, publishSafely } from '@sluice/messaging';
import { openMigrated, schemaGaps } from '@sluice/metadata-db';
import { openObjectStore, storeSettingsSchema } from '@sluice/object-store';
import {
  deriveKey,
  drainedFirst,
  Environment,
  openBroker,
  openDatabase,
  postgresUrlOf,
  readerOf,
  RunningApp,
  startNetworked,
} from '@sluice/service-kit';
import { join } from 'node:path';
import { readExportOrchestratorConfig } from './export-orchestrator.config.js';
import { startExportOrchestrator } from './start-export-orchestrator.js';

/** The orchestrator as a process of its own: RabbitMQ, PostgreSQL, and the shared `exports` in its home. */
export function startNetworkedExportOrchestrator(
  env: Environment,
  stopping?: AbortSignal,
): Promise<RunningApp> {
  const settings = {
    config: readExportOrchestratorConfig,
    postgresUrl: postgresUrlOf,
    store: readerOf(storeSettingsSchema),
  };
  return startNetworked({ name: 'export-orchestrator', env, settings }, stopping, async (host, read) => {
    const openStore = () =>
      openObjectStore(read.store, {
        folder: join(host.settings.home, 'exports'),
        derivedKey: deriveKey(host.settings.secret, 'store'),
        onLeftover: host.reporter('an upload that failed could not be given up'),
      });
    const [dataSource, store, bus] = await Promise.all([
      openDatabase(host, read.postgresUrl, { open: openMigrated, gaps: schemaGaps }),
      host.open('store', openStore),
      openBroker(host, connectRabbitMq),
    ]);
    const audit = host.openAudit((records) => publishSafely(bus, auditRecorded, { records }));
    return drainedFirst(bus, await startExportOrchestrator(read.config, { bus, dataSource, store, audit }));
  });
}
