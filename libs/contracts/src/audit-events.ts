import { AuditRecord } from './audit.js';
import { defineEvent } from './rpc.js';

/** Batches from a service's spool; redelivered until the trail has them, counted once by id. */
export const auditRecorded = defineEvent<{ readonly records: readonly AuditRecord[] }>(
  'audit.recorded',
  1_000,
);
