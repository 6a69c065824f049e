import { randomUUID } from 'node:crypto';
import { ERROR_CODES, type AuditRecord, type AuditSink, type SluiceError } from '@sluice/contracts';
import { originOf, requestAgeMs, type EdgeRequest } from './edge-request.js';

const GOVERNED = '/api/v1/';

/**
 * Records what the gateway itself refuses on the governed routes (SPEC A1). What a service refuses, that service has
 * recorded; what fails (5xx) was not answered.
 *
 * @throws whatever the sink throws: then the refusal must not be told either
 */
export async function recordRefusal(
  sink: AuditSink,
  request: EdgeRequest,
  error: SluiceError,
): Promise<void> {
  const { status } = ERROR_CODES[error.code];
  const governed = request.routeOptions.url?.startsWith(GOVERNED) === true;
  if (!governed || request.forwarded === true || status >= 500) return;
  await sink.record(denialOf(request, error, status));
}

function denialOf(request: EdgeRequest, error: SluiceError, status: number): AuditRecord {
  const { principal } = request;
  const { id } = (request.params ?? {}) as { id?: string };
  return {
    id: randomUUID(),
    at: new Date().toISOString(),
    action: 'denied',
    subject: principal?.subject ?? null,
    clientId: principal?.clientId ?? null,
    tenant: principal?.tenants[0] ?? null,
    dataset: null,
    columns: [],
    masks: [],
    queryHash: null,
    rows: null,
    status,
    code: error.code,
    durationMs: requestAgeMs(request),
    ...originOf(request),
    // What is no job id is text that a stranger chose, and has no place in the trail.
    jobId: id !== undefined && /^[0-9a-f-]{36}$/.test(id) ? id : null,
  };
}
