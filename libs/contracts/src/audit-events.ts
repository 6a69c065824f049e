import { AuditRecord } from './audit.js';
import { defineEvent } from './rpc.js';
import { auditBatchSchema } from './schemas/audit.js';

/** Batches from a service's spool; redelivered until the trail has them, counted once by id. */
export const auditRecorded = defineEvent<{ readonly records: readonly AuditRecord[] }>({
  name: 'audit.recorded',
  service: 'audit-service',
  maxDeliveries: 1_000,
  message: auditBatchSchema,
});
