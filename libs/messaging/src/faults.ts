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

/** A message that does not carry a valid seal. Nothing of it is known to be true but that it came. */
export interface RefusedMessage {
  readonly kind: MessageKind;
  /** Of the request or event that the place where it came in is for. */
  readonly name: string;
  /** `unsealed`: no seal at all; `forged`: not made with the key for it; `expired` and `replayed`: a good one, again or too late. */
  readonly reason: 'unsealed' | 'forged' | 'expired' | 'replayed';
  /** As its sender wrote it, cut to 100 characters; null when it has none. */
  readonly correlationId: string | null;
}

export type MessageKind = 'request' | 'answer' | 'failure' | 'cancel' | 'event';

/** Where a bus tells what has no caller to go to. */
export interface BusObserver {
  onDeadLetter?(letter: DeadLetter): void;
  onFault?(fault: HandlerFault): void;
  onRefused?(message: RefusedMessage): void;
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
  return new SluiceError('rpc-timeout', `"${name}" did not answer within ${timeoutMs} ms.`);
}

export function callerLeft(): SluiceError {
  return new SluiceError('query-canceled', 'The caller went away before the answer came.');
}

export function busIsClosed(): SluiceError {
  return new SluiceError('unavailable', 'The service is shutting down.', { retryAfter: 1 });
}

export function forged(name: string): SluiceError {
  return new SluiceError('message-forged', `A message of "${name}" does not carry a valid seal.`);
}

/** Whether the log should have it: expected outcomes are the caller's business. */
export function isFault(error: SluiceError): boolean {
  return error.code === 'internal' || error.code === 'message-refused' || error.code === 'message-forged';
}
