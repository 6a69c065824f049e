import { SluiceError } from '@sluice/contracts';

/** What a store's client tells of a fault, as far as we read it. */
export interface StoreFaultFacts {
  /** Code or name of the fault, in the words of the store. */
  readonly code: string;
  /** HTTP status of the answer; null when there was none. */
  readonly status: number | null;
  readonly requestId: string | null;
}

/** What the system calls a network or a host that is away. */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EMFILE',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** Faults of a store that pass although their status is not 5xx, or that have no status. */
const PASSING_CODES = new Set([
  'AbortError',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'REQUEST_SEND_ERROR',
  'PARSE_ERROR',
  'SlowDown',
  'ServerBusy',
  'OperationTimedOut',
]);
const PASSING_STATUSES = new Set([408, 425, 429]);

/** Whether the same call may succeed a little later. An answer with status 2xx or 3xx that is a fault was cut or garbled. */
export function passes({ code, status }: StoreFaultFacts): boolean {
  if (NETWORK_CODES.has(code) || PASSING_CODES.has(code)) return true;
  return status !== null && (status < 400 || status >= 500 || PASSING_STATUSES.has(status));
}

/**
 * The fault that callers see. Its cause holds code, status and request id: what a store's own error has beyond that
 * (headers, signed addresses, its text) stays out of logs too.
 */
export function storeFault(facts: StoreFaultFacts): SluiceError {
  const { code, status, requestId } = facts;
  const told = `object store: ${code}, status ${String(status)}, request ${String(requestId)}`;
  const options = { cause: new Error(told) };
  return passes(facts)
    ? new SluiceError('unavailable', 'The store of the files does not answer.', {}, options)
    : new SluiceError('internal', 'The store of the files refuses the request.', {}, options);
}

export function notFound(): SluiceError {
  return new SluiceError('export-not-found', 'There is no such file.');
}

export function alreadyPublished(): SluiceError {
  return new SluiceError('export-failed', 'Another file was published under this name.');
}
