import 'reflect-metadata';
import { type AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { SwaggerModule } from '@nestjs/swagger';
import { collectProcessMetrics, createLogger, type Logger, type RunningApp } from '@sluice/service-kit';
import { createIdentity } from './create-identity.js';
import { EventStreams } from './exports/event-streams.js';
import { ListCursors } from './exports/list-cursor.js';
import { SignedLinks } from './exports/signed-link.js';
import { type GatewayParts } from './gateway-parts.js';
import { type GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { ExportParts } from './grpc/grpc-export.controller.js';
import { startGrpcEdge, type GrpcEdge, type GrpcEdgeParts } from './grpc/start-grpc-edge.js';
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
  /** That of the gRPC edge; null when there is none. */
  readonly grpcPort: number | null;
  /** Everything it answers to, as Fastify writes routes. */
  readonly routes: readonly { readonly template: string; readonly methods: readonly string[] }[];
}

const IDLE_SWEEP_MS = 100;
const DOCUMENT_ROUTE = 'docs/swagger/v1/swagger.json';

/**
 * Starts the HTTP edge, and the gRPC edge when it is configured. The parts stay the caller's: it closes them after the gateway.
 *
 * @throws the listening error such as `EADDRINUSE`; Error when the key file cannot be used; SettingsError for certificates
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
  const shared = { identity, readiness, limits, logger };
  const startSecond = () => startSecondEdge(app, config, parts, shared);
  const edge = await listen(app, config, parts, startSecond).catch((error: unknown) => {
    limits.close();
    throw error;
  });
  const { port } = app.getHttpServer().address() as AddressInfo;
  logger.info({ port }, 'listening');
  return {
    name: 'gateway',
    port,
    grpcPort: edge?.port ?? null,
    routes: methods.templates(),
    notReady: () => readiness.notReady(),
    close: (graceMs) =>
      drain(app, edge, { readiness, logger, graceMs, delayMs: config.timeouts.drainDelayMs }).finally(() => {
        limits.close();
      }),
  };
}

/** Shares with the HTTP edge what both must count, seal and sign alike. */
async function startSecondEdge(
  app: NestFastifyApplication,
  config: GatewayConfig,
  { bus, audit }: GatewayParts,
  shared: Pick<GrpcEdgeParts, 'identity' | 'readiness' | 'limits' | 'logger'>,
): Promise<GrpcEdge | null> {
  if (config.grpc === null) return null;
  const exports = new ExportParts(app.get(SignedLinks), app.get(ListCursors), app.get(EventStreams));
  return startGrpcEdge(config, config.grpc, { ...shared, bus, audit, exports });
}

/** The second edge first: the HTTP one answers the probes, and says that all is up. */
async function listen(
  app: NestFastifyApplication,
  { host, port }: GatewayConfig,
  { beforeListening }: GatewayParts,
  startSecond: () => Promise<GrpcEdge | null>,
): Promise<GrpcEdge | null> {
  let second: GrpcEdge | null = null;
  try {
    await app.init();
    second = await startSecond();
    await beforeListening?.();
    await app.listen(port, host);
    return second;
  } catch (error) {
    await second?.close(0);
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

interface Draining {
  readonly readiness: Readiness;
  readonly logger: Logger;
  readonly graceMs: number;
  readonly delayMs: number;
}

/**
 * Goes on serving while load balancers notice that it is not ready, and sends callers away with each answer. Then it takes no new connection,
 * answers what was asked, and cuts what is left when the time is up.
 */
async function drain(
  app: NestFastifyApplication,
  edge: GrpcEdge | null,
  { readiness, logger, graceMs, delayMs }: Draining,
): Promise<void> {
  readiness.drain();
  const pause = Math.min(delayMs, graceMs / 2);
  const left = graceMs - pause;
  await sleep(pause);
  app.get(EventStreams).close();
  const server = app.getHttpServer();
  // A connection whose last answer was under way when the end began stays open for the next request otherwise.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_SWEEP_MS);
  const cut = setTimeout(() => {
    logger.warn('Connections were cut at the end of the grace period.');
    server.closeAllConnections();
  }, left);
  try {
    await Promise.all([edge?.close(left), app.close()]);
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}
