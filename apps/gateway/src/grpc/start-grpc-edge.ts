import { NestFactory } from '@nestjs/core';
import { type AuditSink } from '@sluice/contracts';
import { type MessageBus } from '@sluice/messaging';
import { type Logger } from '@sluice/service-kit';
import { type Identity } from '../create-identity.js';
import { type GatewayConfig } from '../gateway.config.js';
import { type Readiness } from '../operation/readiness.js';
import { type RateLimits } from '../rate-limit/rate-limits.js';
import { CallerIdentity } from './caller-identity.js';
import { Calls } from './calls.js';
import { Gate } from './gate.js';
import { type ExportParts } from './grpc-export.controller.js';
import { type GrpcConfig } from './grpc.config.js';
import { GrpcModule } from './grpc.module.js';
import { GrpcTransport } from './grpc-transport.js';
import { PageStreams } from './page-streams.js';
import { Refusals } from './refusals.js';
import { credentialsOf } from './tls-credentials.js';

/** What the HTTP edge has and this one shares. */
export interface GrpcEdgeParts {
  readonly bus: MessageBus;
  readonly audit: AuditSink;
  readonly identity: Identity;
  readonly limits: RateLimits;
  readonly readiness: Readiness;
  readonly exports: ExportParts;
  readonly logger: Logger;
}

export interface GrpcEdge {
  /** The port it listens on; differs from the configured one when that was 0. */
  readonly port: number;
  /** Takes no new call, ends streams, lets answers finish, and cuts what is left when the time is up. */
  close(graceMs: number): Promise<void>;
}

/**
 * Starts the second edge: the operations of the HTTP API as gRPC, over the same services, checks, counts and records.
 *
 * @throws SettingsError for certificates that cannot be used; the listening error
 */
export async function startGrpcEdge(
  config: GatewayConfig,
  grpc: GrpcConfig,
  parts: GrpcEdgeParts,
): Promise<GrpcEdge> {
  const { bus, audit, identity, limits, logger, readiness } = parts;
  const credentials = await credentialsOf(grpc);
  const refusals = new Refusals(audit, limits.attempts, logger);
  const callers = new CallerIdentity(identity.verifier, identity.clients);
  const gate = new Gate({ identity: callers, limits, refusals, logger });
  const [cut, draining] = [new AbortController(), new AbortController()];
  const pages = new PageStreams();
  const calls = new Calls(bus, gate, refusals, cut.signal);
  const { host, port } = grpc;
  const transport = new GrpcTransport({
    host,
    port,
    credentials,
    interceptors: [gate.interceptor],
    bodyLimit: config.bodyLimit,
  });
  const app = await NestFactory.createMicroservice(
    GrpcModule.register(config, {
      calls,
      pages,
      exports: parts.exports,
      readiness,
      draining: draining.signal,
    }),
    { strategy: transport, abortOnError: false, logger: false },
  );
  try {
    await app.listen();
  } catch (error) {
    await app.close();
    throw error;
  }
  logger.info({ port: transport.port, tls: grpc.tls !== null }, 'listening for gRPC');
  return {
    port: transport.port,
    close: async (graceMs) => {
      draining.abort();
      pages.close();
      await transport.drain(graceMs, () => {
        cut.abort();
      });
      await app.close();
    },
  };
}
