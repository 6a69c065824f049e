import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { OBJECT_STORE } from '@sluice/object-store';
import { AuthenticationGuard } from './authentication/authentication.guard.js';
import { TokenVerifier } from './authentication/token-verifier.js';
import { type Identity } from './create-identity.js';
import { DatasetsController } from './datasets/datasets.controller.js';
import { DownloadController } from './exports/download.controller.js';
import { EventStreams } from './exports/event-streams.js';
import { ExportEventsController } from './exports/export-events.controller.js';
import { ExportsController } from './exports/exports.controller.js';
import { ListCursors } from './exports/list-cursor.js';
import { SignedLinks } from './exports/signed-link.js';
import { type GatewayParts } from './gateway-parts.js';
import { GATEWAY_CONFIG, type GatewayConfig } from './gateway.config.js';
import { BodyReader } from './http/body-reader.js';
import { ServiceClient } from './http/service-client.js';
import { BuiltInIssuer } from './issuer/built-in-issuer.js';
import { IssuerController } from './issuer/issuer.controller.js';
import { OperationController } from './operation/operation.controller.js';
import { Readiness } from './operation/readiness.js';
import { QueryController } from './query/query.controller.js';
import { RateLimitGuard } from './rate-limit/rate-limit.guard.js';
import { RateLimits } from './rate-limit/rate-limits.js';

const CONTROLLERS = [
  QueryController,
  ExportsController,
  ExportEventsController,
  DownloadController,
  DatasetsController,
  OperationController,
];

/** Where ports meet what was given for them. */
@Module({})
export class GatewayModule {
  static register(
    config: GatewayConfig,
    parts: GatewayParts,
    made: { readonly identity: Identity; readonly readiness: Readiness; readonly limits: RateLimits },
  ): DynamicModule {
    const { issuer, verifier } = made.identity;
    const providers = [
      { provide: GATEWAY_CONFIG, useValue: config },
      { provide: OBJECT_STORE, useValue: parts.store },
      { provide: ServiceClient, useValue: new ServiceClient(parts.bus) },
      { provide: SignedLinks, useValue: new SignedLinks(config.publicUrl, config.secret) },
      { provide: ListCursors, useValue: new ListCursors(config.secret) },
      { provide: EventStreams, useValue: new EventStreams() },
      { provide: TokenVerifier, useValue: verifier },
      { provide: Readiness, useValue: made.readiness },
      { provide: RateLimits, useValue: made.limits },
      // In this order: who it is, whether there was too much of it, and only then what it sends.
      { provide: APP_GUARD, useClass: AuthenticationGuard },
      { provide: APP_GUARD, useClass: RateLimitGuard },
      { provide: APP_GUARD, useClass: BodyReader },
    ];
    if (issuer === null) return { module: GatewayModule, controllers: CONTROLLERS, providers };
    return {
      module: GatewayModule,
      controllers: [...CONTROLLERS, IssuerController],
      providers: [...providers, { provide: BuiltInIssuer, useValue: issuer }],
    };
  }
}
