export { startGateway, type RunningGateway } from './start-gateway.js';
export { type GatewayParts } from './gateway-parts.js';
export {
  DEFAULT_BODY_LIMIT,
  DEFAULT_CLAIMS,
  DEFAULT_QUERY_TIMEOUT_SECONDS,
  DEFAULT_RATE_LIMITS,
  DEFAULT_TIMEOUTS,
  readGatewayConfig,
  type BuiltInIssuer,
  type ClaimNames,
  type ExternalIssuer,
  type GatewayConfig,
  type RateLimitConfig,
} from './gateway.config.js';
export { createClient, type NewClient } from './issuer/create-client.js';
export { renewSecret } from './issuer/renew-secret.js';
export { revokeClient } from './issuer/revoke-client.js';
export { findClient, type ClientSummary } from './issuer/find-client.js';
export { openApiDocument } from './openapi/document.js';
export { GATEWAY_SETTINGS } from './gateway.config.js';
