/**
 * Contracts: everything that travels between the apps. The words used in them:
 *
 * - query: a request for rows, written in the JSON query language
 * - plan: a query after checking and policy; the only thing an engine is given
 * - policy: which rows and columns a principal sees
 * - engine: what runs a plan
 * - export: a query whose answer becomes a file; carried out as a job
 * - job: an export's durable record, with its state and attempts
 * - attempt: one run of a job; its number is the fencing token
 */
export { ERROR_CODES, isErrorCode, type ErrorCode } from './error-codes.js';
export { SluiceError, type ErrorDetails, type ErrorPayload } from './sluice-error.js';
export { ROLES, hasRole, isRole, type Origin, type Principal, type Role } from './principal.js';
export { type AuditRecord, type AuditSink } from './audit.js';
export { auditRecorded } from './audit-events.js';
export {
  defineEvent,
  defineRpc,
  messageAddress,
  type EventDefinition,
  type RpcDefinition,
  type ServiceName,
} from './rpc.js';
export { auditRecordSchema } from './schemas/audit.js';
export * from './query.js';
export * from './query-messages.js';
export * from './export.js';
export * from './export-messages.js';
export {
  canonicalJson,
  MANIFEST_KEY_PURPOSE,
  signManifest,
  verifyManifest,
  type SignedManifest,
} from './manifest.js';
