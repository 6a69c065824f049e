import { Module, type DynamicModule } from '@nestjs/common';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Readiness } from '../operation/readiness.js';
import { Calls } from './calls.js';
import { ExportParts, GrpcExportController } from './grpc-export.controller.js';
import { GrpcQueryController } from './grpc-query.controller.js';
import { DRAINING, HealthController } from './health.controller.js';
import { PageStreams } from './page-streams.js';

export interface GrpcModuleParts {
  readonly calls: Calls;
  readonly pages: PageStreams;
  readonly exports: ExportParts;
  readonly readiness: Readiness;
  readonly draining: AbortSignal;
}

@Module({})
export class GrpcModule {
  static register(config: GatewayConfig, parts: GrpcModuleParts): DynamicModule {
    return {
      module: GrpcModule,
      controllers: [GrpcQueryController, GrpcExportController, HealthController],
      providers: [
        { provide: GATEWAY_CONFIG, useValue: config },
        { provide: Calls, useValue: parts.calls },
        { provide: PageStreams, useValue: parts.pages },
        { provide: ExportParts, useValue: parts.exports },
        { provide: Readiness, useValue: parts.readiness },
        { provide: DRAINING, useValue: parts.draining },
      ],
    };
  }
}
