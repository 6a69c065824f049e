import { NestFactory } from '@nestjs/core';
import { RunningApp } from '@sluice/service-kit';
import { QueryServiceParts } from './ports.js';
import { QueryRpc } from './query-rpc.js';
import { QueryServiceConfig } from './query-service.config.js';
import { QueryServiceModule } from './query-service.module.js';

/** Starts answering queries over the bus. The parts stay the caller's: it closes them after this app. */
export async function startQueryService(
  config: QueryServiceConfig,
  parts: QueryServiceParts,
): Promise<RunningApp> {
  const app = await NestFactory.createApplicationContext(QueryServiceModule.register(config, parts), {
    logger: ['error', 'warn'],
  });
  await app.get(QueryRpc).serve();
  return {
    name: 'query-service',
    notReady: async () => [],
    close: () => app.close(),
  };
}
