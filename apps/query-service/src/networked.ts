import { auditRecorded } from '@sluice/contracts';
import { assertThreadPoolSize, openDuckDbEngine, requiredThreadPoolSize } from '@sluice/engine';
import { connectRabbitMq, publishSafely } from '@sluice/messaging';
import { GovernanceFiles, loadGovernance } from '@sluice/policy';
import { MaskKey } from '@sluice/query-dsl';
import { deriveKey, Environment, RunningApp, ServiceHost, startNetworked } from '@sluice/service-kit';
import { join } from 'node:path';
import { RedisCache } from './cache/redis-cache.js';
import { loadGauge } from './load-gauge.js';
import { QueryServiceParts } from './ports.js';
import { QueryServiceConfig, readQueryServiceConfig } from './query-service.config.js';
import { startQueryService } from './start-query-service.js';

const CONCURRENCY = 8;
const CLOSE_MS = 5_000;

/** The service as a process of its own: RabbitMQ, and the folders `data` and `catalog` and the file `policy.yaml` in its home. */
export function startNetworkedQueryService(env: Environment): Promise<RunningApp> {
  return startNetworked('query-service', env, async (host) => {
    const config = readQueryServiceConfig(env);
    assertThreadPoolSize(requiredThreadPoolSize(CONCURRENCY, 0), env['UV_THREADPOOL_SIZE']);
    const { home } = host.settings;
    const maskKey = new MaskKey(deriveKey(config.secret, 'mask-hash'));
    const governance = await GovernanceFiles.open(
      () => loadGovernance(join(home, 'catalog'), join(home, 'policy.yaml'), maskKey),
      host.reporter('the changed catalogue or policy is refused; the old one stays in force'),
    );
    await host.repeat('catalogue watch', () => governance.refresh(), config.reloadMs);
    const engine = await host.keep(
      'engine',
      openDuckDbEngine({
        dataDir: join(home, 'data'),
        threads: 1,
        memoryLimit: `${config.memoryMib}MiB`,
        concurrency: CONCURRENCY,
        maxWaiting: 256,
        waitTimeoutMs: 30_000,
        onError: host.reporter('the engine reported a fault'),
        onLoad: loadGauge(),
      }),
      (open) => open.close(),
    );
    const connecting = connectRabbitMq(host.busOptions());
    const bus = await host.keep('bus', connecting, (open) => open.close(CLOSE_MS));
    const audit = host.openAudit((records) => publishSafely(bus, auditRecorded, { records }));
    const cache = await openCache(config, host);
    const app = await startQueryService(config, { bus, engine, governance, audit, ...cache });
    return {
      ...app,
      notReady: async () => [
        ...(bus.connected ? [] : ['rabbitmq']),
        ...(engine.health() === 'well' ? [] : ['engine']),
      ],
      broken: () => (engine.health() === 'broken' ? ['engine'] : []),
    };
  });
}

/** Redis need not be there, now or later: readiness does not ask for it. */
async function openCache(
  { redisUrl, secret, cacheTtlMs }: QueryServiceConfig,
  host: ServiceHost,
): Promise<Pick<QueryServiceParts, 'cache'>> {
  if (redisUrl === null) return {};
  const cache = RedisCache.open({
    url: redisUrl,
    ttlMs: cacheTtlMs,
    secret: deriveKey(secret, 'cache entry'),
    onFault: host.reporter('the cache is lost; answers are made anew until it is back'),
  });
  return { cache: await host.keep('cache', Promise.resolve(cache), async (open) => open.close()) };
}
