export { startAuditService } from './start-audit-service.js';
export { readAuditServiceConfig, type AuditServiceConfig } from './audit-service.config.js';
export { type AuditServiceParts } from './audit-service.module.js';
export { AUDIT_SERVICE_SETTINGS } from './audit-service.config.js';
