import { DynamicModule, Module } from '@nestjs/common';
import { deriveKey } from '@sluice/service-kit';
import { DescribeDatasetsUseCase } from './datasets/describe-datasets.js';
import { CheckQueryUseCase } from './page/check-query.js';
import { MemoryCache } from './page/memory-cache.js';
import { RunQueryUseCase } from './page/run-query.js';
import { QueryServiceParts } from './ports.js';
import { QueryRpc } from './query-rpc.js';
import { QueryServiceConfig } from './query-service.config.js';

/** Microseconds since 1970. */
const systemClock = (): bigint => BigInt(Date.now()) * 1000n;

/** Where ports meet adapters. */
@Module({})
export class QueryServiceModule {
  static register(
    config: QueryServiceConfig,
    { bus, engine, governance, audit, clock = systemClock }: QueryServiceParts,
  ): DynamicModule {
    const cache = new MemoryCache(config.cacheBytes, config.cacheTtlMs);
    const settings = { queryTimeoutMs: config.queryTimeoutMs, cursorKey: deriveKey(config.secret, 'cursor') };
    return {
      module: QueryServiceModule,
      providers: [
        {
          provide: RunQueryUseCase,
          useValue: new RunQueryUseCase({ engine, governance, clock }, cache, audit, settings),
        },
        { provide: CheckQueryUseCase, useValue: new CheckQueryUseCase(engine, governance, clock) },
        { provide: DescribeDatasetsUseCase, useValue: new DescribeDatasetsUseCase(governance) },
        {
          provide: QueryRpc,
          inject: [RunQueryUseCase, CheckQueryUseCase, DescribeDatasetsUseCase],
          useFactory: (run: RunQueryUseCase, check: CheckQueryUseCase, datasets: DescribeDatasetsUseCase) =>
            new QueryRpc(bus, run, check, datasets),
        },
      ],
    };
  }
}
