import { ErrorPayload, SluiceError } from '@sluice/contracts';

/** A message that was given up, with what its last delivery ended in. */
export interface DeadLetter {
  readonly event: string;
  readonly group: string;
  /** Deliveries that were tried. */
  readonly deliveries: number;
  readonly message: unknown;
  readonly error: ErrorPayload;
}

/** Something thrown by a handler, for the log: the caller is told only what a `SluiceError` says. */
export interface HandlerFault {
  /** Name of the RPC or event. */
  readonly name: string;
  readonly error: unknown;
}

/** Where a bus tells what has no caller to go to. */
export interface BusObserver {
  onDeadLetter?(letter: DeadLetter): void;
  onFault?(fault: HandlerFault): void;
}

export function nobodyServes(name: string): SluiceError {
  return new SluiceError('unavailable', `No service answers "${name}" at the moment.`, { retryAfter: 1 });
}

export function nobodyTakes(name: string): SluiceError {
  return new SluiceError('unavailable', `No queue takes "${name}" at the moment.`, { retryAfter: 1 });
}

export function lineIsFull(name: string, limit: number): SluiceError {
  return new SluiceError('overloaded', `Too many requests wait for "${name}".`, {
    limit: { name: 'waitingRequests', value: limit },
    retryAfter: 1,
  });
}

export function timedOut(name: string, timeoutMs: number): SluiceError {
  const message = `"${name}" did not answer within ${timeoutMs} ms.`;
  // Whoever is slow or stopped is not helped by being asked again at once.
  return new SluiceError('rpc-timeout', message, { retryAfter: 2 });
}

export function callerLeft(): SluiceError {
  return new SluiceError('query-canceled', 'The caller went away before the answer came.');
}

export function busIsClosed(): SluiceError {
  return new SluiceError('unavailable', 'The service is shutting down.', { retryAfter: 1 });
}
