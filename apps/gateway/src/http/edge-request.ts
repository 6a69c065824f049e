import { SluiceError, type Origin, type Principal } from '@sluice/contracts';
import { type FastifyRequest } from 'fastify';

/** A request on its way through the gateway. */
export interface EdgeRequest extends FastifyRequest {
  /** Set by the guard once the token is verified. */
  principal?: Principal;
  /** Set once a service was asked: from then on that service keeps the record of the answer. */
  forwarded?: boolean;
  /** Monotonic clock at its arrival, in ms. */
  arrivedAt?: number;
}

/** @throws SluiceError `unauthenticated` when the route was not guarded: a fault of ours, never an open door */
export function principalOf(request: EdgeRequest): Principal {
  if (request.principal === undefined)
    throw new SluiceError('unauthenticated', 'A bearer token is required.');
  return request.principal;
}

export function originOf(request: EdgeRequest): Origin {
  return { requestId: request.id, address: request.ip };
}

/** A header that was sent once, or null. */
export function headerOf(request: EdgeRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** How long ago the request arrived, in ms. */
export function requestAgeMs(request: EdgeRequest): number {
  const now = performance.now();
  return now - (request.arrivedAt ?? now);
}

/** @param rawHeaders names and values in turn, as Node received them; `name` in lower case */
export function timesSent(rawHeaders: readonly string[], name: string): number {
  let times = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const sent = rawHeaders[at];
    if (sent?.length === name.length && sent.toLowerCase() === name) times += 1;
  }
  return times;
}
