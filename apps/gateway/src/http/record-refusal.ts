import { randomUUID } from 'node:crypto';
import {
  ERROR_CODES,
  type AuditRecord,
  type AuditSink,
  type Origin,
  type Principal,
  type SluiceError,
} from '@sluice/contracts';
import { originOf, requestAgeMs, type EdgeRequest } from './edge-request.js';

const GOVERNED = '/api/v1/';

/** What is known of a request that the gateway itself refuses. */
export interface RefusedRequest {
  readonly principal: Principal | undefined;
  readonly origin: Origin;
  /** Since its arrival, in ms. */
  readonly ageMs: number;
  /** As the caller wrote it. */
  readonly jobId: string | null;
}

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
  const governed = request.routeOptions.url?.startsWith(GOVERNED) === true;
  if (!governed || request.forwarded === true || ERROR_CODES[error.code].status >= 500) return;
  const { id = null } = (request.params ?? {}) as { id?: string };
  const { principal } = request;
  const refused = { principal, origin: originOf(request), ageMs: requestAgeMs(request), jobId: id };
  await sink.record(denialOf(refused, error));
}

export function denialOf(
  { principal, origin, ageMs, jobId }: RefusedRequest,
  error: SluiceError,
): AuditRecord {
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
    status: ERROR_CODES[error.code].status,
    code: error.code,
    durationMs: ageMs,
    ...origin,
    // What is no job id is text that a stranger chose, and has no place in the trail.
    jobId: jobId !== null && /^[0-9a-f-]{36}$/.test(jobId) ? jobId : null,
  };
}
