import { ErrorCode, ErrorPayload, SluiceError } from '@sluice/contracts';

/** Codes of faults that pass; all others would come again, so the job fails at once (SPEC X5). */
const TRANSIENT_CODES: ReadonlySet<ErrorCode> = new Set([
  'overloaded',
  'unavailable',
  'rpc-timeout',
  'audit-unavailable',
  // Fewer rows arrived than the engine made: the next run need not lose any.
  'export-incomplete',
  // Not by the job's owner, which ends the run without an outcome: the engine was closed under it.
  'query-canceled',
]);

/** What the system calls a full disk, used-up handles, and a network that is away. */
const TRANSIENT_SYSTEM_CODES: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EMFILE',
  'ENFILE',
  'EAGAIN',
  'EBUSY',
  'EIO',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** A fault as the job keeps it, and whether trying again may help. What is not ours tells the caller nothing of itself. */
export function exportFault(error: unknown): { readonly error: ErrorPayload; readonly transient: boolean } {
  if (error instanceof SluiceError) {
    return { error: error.toPayload(), transient: TRANSIENT_CODES.has(error.code) };
  }
  const code = String((error as { code?: unknown } | null)?.code);
  const transient = TRANSIENT_SYSTEM_CODES.has(code);
  const message = transient
    ? 'The file could not be written: the store is full or away.'
    : 'The export failed inside; its job id finds it in the log.';
  return { error: { code: 'export-failed', message, details: {} }, transient };
}
