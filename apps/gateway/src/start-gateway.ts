import 'reflect-metadata';
import { type AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { SwaggerModule } from '@nestjs/swagger';
import { collectProcessMetrics, createLogger, type Logger, type RunningApp } from '@sluice/service-kit';
import { createIdentity } from './create-identity.js';
import { EventStreams } from './exports/event-streams.js';
import { type GatewayParts } from './gateway-parts.js';
import { type GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { createAdapter } from './http/create-adapter.js';
import { observeRequests } from './http/observe-requests.js';
import { ProblemFilter } from './http/problem.filter.js';
import { requireOneHost } from './http/require-one-host.js';
import { sendAwayWhileDraining } from './http/send-away.js';
import { openApiDocument } from './openapi/document.js';
import { Readiness } from './operation/readiness.js';
import { RateLimits } from './rate-limit/rate-limits.js';

export interface RunningGateway extends RunningApp {
  /** The port it listens on; differs from the configured one when that was 0. */
  readonly port: number;
  /** Everything it answers to, as Fastify writes routes. */
  readonly routes: readonly { readonly template: string; readonly methods: readonly string[] }[];
}

const IDLE_SWEEP_MS = 100;
const DOCUMENT_ROUTE = 'docs/swagger/v1/swagger.json';

/**
 * Starts the HTTP edge. The parts stay the caller's: it closes them after the gateway.
 *
 * @throws the listening error such as `EADDRINUSE`; Error when the key file cannot be used
 */
export async function startGateway(config: GatewayConfig, parts: GatewayParts): Promise<RunningGateway> {
  collectProcessMetrics();
  const logger = createLogger('gateway', config.logLevel);
  const readiness = new Readiness({ name: 'gateway', notReady: () => missingParts(config, parts) });
  const methods = new AllowedMethods();
  const identity = await createIdentity(config, parts, logger);
  const limits = await RateLimits.create(config, logger);
  const adapter = createAdapter(config);
  observeRequests(adapter.getInstance(), methods, logger);
  sendAwayWhileDraining(adapter.getInstance(), readiness);
  requireOneHost(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.register(config, parts, { identity, readiness, limits }),
    adapter,
    { abortOnError: false, bodyParser: false, logger: false },
  );
  app.useGlobalFilters(new ProblemFilter(parts.audit, limits.attempts, methods, logger));
  SwaggerModule.setup('docs', app, openApiDocument() as never, {
    jsonDocumentUrl: DOCUMENT_ROUTE,
    raw: ['json'],
  });
  await listen(app, config, parts).catch((error: unknown) => {
    limits.close();
    throw error;
  });
  const { port } = app.getHttpServer().address() as AddressInfo;
  logger.info({ port }, 'listening');
  return {
    name: 'gateway',
    port,
    routes: methods.templates(),
    notReady: () => readiness.notReady(),
    close: (graceMs) =>
      drain(app, readiness, logger, { graceMs, delayMs: config.timeouts.drainDelayMs }).finally(() => {
        limits.close();
      }),
  };
}

async function listen(
  app: NestFastifyApplication,
  { host, port }: GatewayConfig,
  { beforeListening }: GatewayParts,
): Promise<void> {
  try {
    await app.init();
    await beforeListening?.();
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function missingParts({ issuer }: GatewayConfig, parts: GatewayParts): Promise<readonly string[]> {
  const others = (await parts.ready?.()) ?? [];
  if (issuer.kind === 'external' || others.includes('postgres')) return others;
  try {
    await parts.dataSource.query('select 1');
    return others;
  } catch {
    return [...others, 'postgres'];
  }
}

/**
 * Goes on serving while load balancers notice that it is not ready, and sends callers away with each answer. Then it takes no new connection,
 * answers what was asked, and cuts what is left when the time is up.
 */
async function drain(
  app: NestFastifyApplication,
  readiness: Readiness,
  logger: Logger,
  { graceMs, delayMs }: { readonly graceMs: number; readonly delayMs: number },
): Promise<void> {
  readiness.drain();
  await sleep(Math.min(delayMs, graceMs / 2));
  app.get(EventStreams).close();
  const server = app.getHttpServer();
  // A connection whose last answer was under way when the end began stays open for the next request otherwise.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_SWEEP_MS);
  const cut = setTimeout(
    () => {
      logger.warn('Connections were cut at the end of the grace period.');
      server.closeAllConnections();
    },
    graceMs - Math.min(delayMs, graceMs / 2),
  );
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}
