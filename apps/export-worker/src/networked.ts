import { auditRecorded } from '@sluice/contracts';
import { openDuckDbExportEngine, requiredThreadPoolSize } from '@sluice/engine';
import { connectRabbitMq, publishSafely } from '@sluice/messaging';
import { openObjectStore, storeSettingsSchema } from '@sluice/object-store';
import { GovernanceFiles, loadGovernance } from '@sluice/policy';
import { MaskKey } from '@sluice/query-dsl';
import {
  deriveKey,
  Environment,
  openBroker,
  readerOf,
  readThreadPool,
  RunningApp,
  ServiceHost,
  startNetworked,
} from '@sluice/service-kit';
import { join } from 'node:path';
import { ExportWorkerConfig, readExportWorkerConfig } from './export-worker.config.js';
import { startExportWorker } from './start-export-worker.js';

const RELOAD_MS = 1_000;
/** A remote store counts each question. */
const PROBE_EVERY_MS = 10_000;

/** The worker as a process of its own: RabbitMQ, and in its home the data, the catalogue, the policy and the shared `exports`. */
export function startNetworkedExportWorker(env: Environment, stopping?: AbortSignal): Promise<RunningApp> {
  const settings = {
    config: readExportWorkerConfig,
    store: readerOf(storeSettingsSchema),
    threads: readThreadPool(() => requiredThreadPoolSize(0, readExportWorkerConfig(env).concurrency)),
  };
  return startNetworked({ name: 'export-worker', env, settings }, stopping, async (host, read) => {
    const { config } = read;
    const openStore = () =>
      openObjectStore(read.store, {
        folder: join(host.settings.home, 'exports'),
        derivedKey: deriveKey(config.secret, 'store'),
        onLeftover: host.reporter('an upload that failed could not be given up'),
      });
    const [governance, engine, store, bus] = await Promise.all([
      openGovernance(host, config),
      openEngine(host, config),
      host.open('store', openStore),
      openBroker(host, connectRabbitMq),
    ]);
    host.watch('store', () => store.probe().then(() => []), PROBE_EVERY_MS);
    await host.repeat('catalogue watch', () => governance.refresh(), RELOAD_MS);
    const audit = host.openAudit((records) => publishSafely(bus, auditRecorded, { records }));
    const app = await startExportWorker(config, { bus, store, engine, governance, audit });
    // Taking ends first, without waiting: what runs is the app's to end or to hand back.
    const close = async (graceMs: number): Promise<void> => {
      await bus.drain(0);
      await app.close(graceMs);
    };
    return { ...app, close };
  });
}

function openGovernance(host: ServiceHost, { secret }: ExportWorkerConfig): Promise<GovernanceFiles> {
  const { home } = host.settings;
  const maskKey = new MaskKey(deriveKey(secret, 'mask-hash'));
  return host.open('catalogue', () =>
    GovernanceFiles.open(
      () => loadGovernance(join(home, 'catalog'), join(home, 'policy.yaml'), maskKey),
      host.reporter('the changed catalogue or policy is refused; the old one stays in force'),
    ),
  );
}

function openEngine(host: ServiceHost, { memoryMib, concurrency }: ExportWorkerConfig) {
  const { home } = host.settings;
  const options = {
    dataDir: join(home, 'data'),
    workDir: join(home, 'work'),
    memoryLimit: `${memoryMib}MiB`,
    maxSpill: '64GiB',
    concurrency,
    maxWaiting: 64,
    waitTimeoutMs: 60_000,
    onError: host.reporter('the engine reported a fault'),
  };
  return host.open(
    'engine',
    () => openDuckDbExportEngine(options),
    (open) => open.close(),
  );
}
