import { auditRecorded } from '@sluice/contracts';
import { DuckDbEngine, openDuckDbEngine, requiredThreadPoolSize } from '@sluice/engine';
import { connectRabbitMq, publishSafely } from '@sluice/messaging';
import { GovernanceFiles, loadGovernance } from '@sluice/policy';
import { MaskKey } from '@sluice/query-dsl';
import {
  deriveKey,
  drainedFirst,
  Environment,
  openBroker,
  readThreadPool,
  RunningApp,
  ServiceHost,
  startNetworked,
} from '@sluice/service-kit';
import { join } from 'node:path';
import { RedisCache } from './cache/redis-cache.js';
import { loadGauge } from './load-gauge.js';
import { QueryServiceParts } from './ports.js';
import { QueryServiceConfig, readQueryServiceConfig } from './query-service.config.js';
import { startQueryService } from './start-query-service.js';

const CONCURRENCY = 8;

/** The service as a process of its own: RabbitMQ, and the folders `data` and `catalog` and the file `policy.yaml` in its home. */
export function startNetworkedQueryService(env: Environment, stopping?: AbortSignal): Promise<RunningApp> {
  const settings = {
    config: readQueryServiceConfig,
    threads: readThreadPool(() => requiredThreadPoolSize(CONCURRENCY, 0)),
  };
  return startNetworked({ name: 'query-service', env, settings }, stopping, async (host, { config }) => {
    const [governance, engine, bus] = await Promise.all([
      openGovernance(host, config),
      openEngine(host, config),
      openBroker(host, connectRabbitMq),
    ]);
    host.watch('engine', async () => (engine.health() === 'well' ? [] : ['engine']));
    await host.repeat('catalogue watch', () => governance.refresh(), config.reloadMs);
    const audit = host.openAudit((records) => publishSafely(bus, auditRecorded, { records }));
    const cache = await openCache(config, host);
    const app = await startQueryService(config, { bus, engine, governance, audit, ...cache });
    const broken = () => (engine.health() === 'broken' ? ['engine'] : []);
    return drainedFirst(bus, { ...app, broken });
  });
}

function openGovernance(host: ServiceHost, { secret }: QueryServiceConfig): Promise<GovernanceFiles> {
  const { home } = host.settings;
  const maskKey = new MaskKey(deriveKey(secret, 'mask-hash'));
  return host.open('catalogue', () =>
    GovernanceFiles.open(
      () => loadGovernance(join(home, 'catalog'), join(home, 'policy.yaml'), maskKey),
      host.reporter('the changed catalogue or policy is refused; the old one stays in force'),
    ),
  );
}

function openEngine(host: ServiceHost, { memoryMib }: QueryServiceConfig): Promise<DuckDbEngine> {
  const options = {
    dataDir: join(host.settings.home, 'data'),
    threads: 1,
    memoryLimit: `${memoryMib}MiB`,
    concurrency: CONCURRENCY,
    maxWaiting: 256,
    waitTimeoutMs: 30_000,
    onError: host.reporter('the engine reported a fault'),
    onLoad: loadGauge(),
  };
  return host.open(
    'engine',
    () => openDuckDbEngine(options),
    (open) => open.close(),
  );
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
