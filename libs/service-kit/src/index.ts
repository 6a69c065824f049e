export { type RunningApp } from './running-app.js';
export {
  flagSetting,
  integerSetting,
  listSetting,
  portSetting,
  readSettings,
  secretSetting,
  SettingsError,
  type Environment,
} from './settings.js';
export { attemptSettings, checkLease, leaseSettings, RENEWALS_IN_LEASE } from './lease-settings.js';
export { countBuffersAsHeap } from './count-buffers-as-heap.js';
export { armFailpoint, failpointIn, FAILPOINTS, passFailpoint, type Failpoint } from './failpoint.js';
export { deriveKey, messageKeys } from './derive-key.js';
export { createLogger, LOG_LEVELS, type Logger, type LogLevel } from './logger.js';
export {
  collectProcessMetrics,
  counter,
  DURATION_BUCKETS,
  gauge,
  histogram,
  renderMetrics,
  type Counter,
  type Gauge,
  type Histogram,
} from './metrics.js';
export { loadOrCreateFile, loadOrCreateSecret } from './owned-file.js';
export { readinessOf, startHealthServer, type HealthServer } from './health-server.js';
export { EXIT_CODES, runMain, runUntilSignal, type ProcessHandle } from './run-until-signal.js';
export { recorded, type Asked, type Note } from './recorded.js';
export { Cleanup } from './cleanup.js';
export { Loop } from './loop.js';
export { PlainError } from './plain-error.js';
export { AuditSpool, type AuditSpoolOptions } from './audit-spool/audit-spool.js';
export {
  startAuditShipper,
  type AuditShipper,
  type AuditShipperOptions,
  type PublishAudit,
} from './audit-spool/audit-shipper.js';
export {
  postgresUrlOf,
  rabbitMqUrlOf,
  secretOf,
  ServiceHost,
  startNetworked,
  type NetworkSettings,
} from './service-host.js';
