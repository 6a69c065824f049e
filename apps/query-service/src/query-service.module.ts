import { DynamicModule, Module } from '@nestjs/common';
import { deriveKey } from '@sluice/service-kit';
import { MemoryCache } from './cache/memory-cache.js';
import { DescribeDatasetsUseCase } from './datasets/describe-datasets.js';
import { ExplainQueryUseCase } from './explain/explain-query.js';
import { Guards } from './guards/guards.js';
import { Answers } from './page/answers.js';
import { CheckQueryUseCase } from './page/check-query.js';
import { KeptResults } from './page/kept-results.js';
import { Planner } from './page/planner.js';
import { RunQueryUseCase } from './page/run-query.js';
import { Totals } from './page/totals.js';
import { QueryServiceParts } from './ports.js';
import { QueryRpc, UseCases } from './query-rpc.js';
import { QueryServiceConfig } from './query-service.config.js';

/** Microseconds since 1970. */
const systemClock = (): bigint => BigInt(Date.now()) * 1_000n;

/** Where ports meet adapters. */
@Module({})
export class QueryServiceModule {
  static register(config: QueryServiceConfig, parts: QueryServiceParts): DynamicModule {
    const rpc = new QueryRpc(parts.bus, useCases(config, parts));
    return { module: QueryServiceModule, providers: [{ provide: QueryRpc, useValue: rpc }] };
  }
}

function useCases(config: QueryServiceConfig, parts: QueryServiceParts): UseCases {
  const { engine, governance, audit, clock = systemClock } = parts;
  const keys = { cache: deriveKey(config.secret, 'cache'), cursor: deriveKey(config.secret, 'cursor') };
  const limits = { timeoutMs: config.queryTimeoutMs };
  const kept = new KeptResults(parts.cache ?? new MemoryCache(config.cacheBytes, config.cacheTtlMs));
  const totals = new Totals(kept, limits, keys.cache);
  const answers = new Answers(kept, totals, limits, keys.cursor);
  const planner = new Planner({ engine, governance, clock }, keys);
  const guards = new Guards(totals);
  return {
    runQuery: new RunQueryUseCase(planner, guards, answers, audit),
    explainQuery: new ExplainQueryUseCase({ planner, guards, answers, totals }, audit),
    checkQuery: new CheckQueryUseCase(planner, guards, totals),
    datasets: new DescribeDatasetsUseCase(governance),
  };
}
