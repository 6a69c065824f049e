export { type GovernanceSource, type QueryServiceParts } from './ports.js';
export { loadGauge } from './load-gauge.js';
export { readQueryServiceConfig, type QueryServiceConfig } from './query-service.config.js';
export { startQueryService } from './start-query-service.js';
export { QUERY_SERVICE_SETTINGS } from './query-service.config.js';
