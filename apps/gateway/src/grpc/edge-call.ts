import { randomUUID } from 'node:crypto';
import { Metadata, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { type Origin, type Principal } from '@sluice/contracts';
import { chosenRequestId } from '../http/request-id.js';
import { type Shown } from './caller-identity.js';

/** A gRPC call on its way through the gateway; what an EdgeRequest is over HTTP. */
export interface EdgeCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly origin: Origin;
  /** What the caller shows of itself; looked at again while a stream lasts. */
  readonly shown: Shown;
  /** Monotonic clock at its arrival, in ms. */
  readonly arrivedAt: number;
  /** Told with the answer: where the client stands with its quota. */
  headers: Readonly<Record<string, string>>;
  /** Set once the caller is known. */
  principal?: Principal;
  /** A service is being asked, or has refused: then that service keeps the record. */
  forwarded: boolean;
  /** The job that the call is about, for the record of a refusal. */
  jobId: string | null;
}

const calls = new WeakMap<Metadata, EdgeCall>();

/** Begins a call whose message has not been read yet. */
export function openCall(path: string, metadata: Metadata, call: ServerInterceptingCallInterface): EdgeCall {
  const [requestId] = metadata.get('x-request-id');
  const edge: EdgeCall = {
    path,
    origin: { requestId: chosenRequestId(requestId) ?? randomUUID(), address: addressOf(call.getPeer()) },
    shown: {
      authorization: metadata.get('authorization').map(String),
      certificate: call.getAuthContext().sslPeerCertificate ?? null,
    },
    arrivedAt: performance.now(),
    headers: {},
    forwarded: false,
    jobId: null,
  };
  calls.set(metadata, edge);
  return edge;
}

/** The call that this metadata came with. Throws for one that did not pass the gate: a fault of ours, never an open door. */
export function edgeCallOf(metadata: Metadata): EdgeCall {
  const edge = calls.get(metadata);
  if (edge?.principal === undefined) throw new Error('The call did not pass the gate.');
  return edge;
}

/** Without its port. */
function addressOf(peer: string): string {
  // The library writes IPv6 without brackets too; a port always follows.
  return peer.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
