import { auditRecorded } from '@sluice/contracts';
import { assertThreadPoolSize, openDuckDbExportEngine, requiredThreadPoolSize } from '@sluice/engine';
import { connectRabbitMq, publishSafely } from '@sluice/messaging';
import { openObjectStore, storeSettingsSchema } from '@sluice/object-store';
import { GovernanceFiles, loadGovernance } from '@sluice/policy';
import { MaskKey } from '@sluice/query-dsl';
import { deriveKey, Environment, readSettings, RunningApp, startNetworked } from '@sluice/service-kit';
import { join } from 'node:path';
import { readExportWorkerConfig } from './export-worker.config.js';
import { startExportWorker } from './start-export-worker.js';

const CLOSE_MS = 5_000;
const RELOAD_MS = 1_000;

/** The worker as a process of its own: RabbitMQ, and in its home the data, the catalogue, the policy and the shared `exports`. */
export function startNetworkedExportWorker(env: Environment): Promise<RunningApp> {
  return startNetworked('export-worker', env, async (host) => {
    const config = readExportWorkerConfig(env);
    const { home } = host.settings;
    assertThreadPoolSize(requiredThreadPoolSize(0, config.concurrency), env['UV_THREADPOOL_SIZE']);
    const maskKey = new MaskKey(deriveKey(config.secret, 'mask-hash'));
    const governance = await GovernanceFiles.open(
      () => loadGovernance(join(home, 'catalog'), join(home, 'policy.yaml'), maskKey),
      host.reporter('the changed catalogue or policy is refused; the old one stays in force'),
    );
    await host.repeat('catalogue watch', () => governance.refresh(), RELOAD_MS);
    const engine = await host.keep(
      'engine',
      openDuckDbExportEngine({
        dataDir: join(home, 'data'),
        workDir: join(home, 'work'),
        memoryLimit: `${config.memoryMib}MiB`,
        maxSpill: '64GiB',
        concurrency: config.concurrency,
        maxWaiting: 64,
        waitTimeoutMs: 60_000,
        onError: host.reporter('the engine reported a fault'),
      }),
      (open) => open.close(),
    );
    const store = await openObjectStore(readSettings(storeSettingsSchema, env), {
      folder: join(home, 'exports'),
      derivedKey: deriveKey(config.secret, 'store'),
      onLeftover: host.reporter('an upload that failed could not be given up'),
    });
    const connecting = connectRabbitMq(host.busOptions());
    const bus = await host.keep('bus', connecting, (open) => open.close(CLOSE_MS));
    const audit = host.openAudit((records) => publishSafely(bus, auditRecorded, { records }));
    const app = await startExportWorker(config, { bus, store, engine, governance, audit });
    return { ...app, notReady: async () => (bus.connected ? [] : ['rabbitmq']) };
  });
}
