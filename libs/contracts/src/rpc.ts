import { z } from 'zod';

/** Whoever answers a request, or whose work an event is. Messages are sealed for it. */
export type ServiceName = string;

/** A request with one answer. `Req` and `Res` are plain data; `Uint8Array` values pass through untouched. */
export interface RpcDefinition<Req, Res> {
  readonly kind: 'rpc';
  readonly name: string;
  /** Counts from 1. Fields may be added within a version; any other change is a new version, served beside the old one. */
  readonly version: number;
  /** The service that answers. */
  readonly service: ServiceName;
  /** How long a caller waits when it names no deadline, in ms. */
  readonly timeoutMs: number;
  /** What the answering side checks. A schema only checks: what arrives is passed on as it came, with fields that it does not know. */
  readonly request: z.ZodType<Req>;
  /** What the asking side checks. */
  readonly response: z.ZodType<Res>;
}

/** A message that each subscribing group receives at least once. */
export interface EventDefinition<T> {
  readonly kind: 'event';
  readonly name: string;
  readonly version: number;
  /** The service whose work it is; other groups may listen. */
  readonly service: ServiceName;
  /** Deliveries after which a message is set aside instead of being redelivered. */
  readonly maxDeliveries: number;
  /** What each receiver checks. */
  readonly message: z.ZodType<T>;
}

type Rest<D> = Omit<D, 'kind' | 'version'> & { readonly version?: number };

/** Version 1 unless given. */
export function defineRpc<Req, Res>(definition: Rest<RpcDefinition<Req, Res>>): RpcDefinition<Req, Res> {
  return { kind: 'rpc', version: 1, ...definition };
}

/** Version 1 and five deliveries unless given. */
export function defineEvent<T>(
  definition: Omit<Rest<EventDefinition<T>>, 'maxDeliveries'> & { readonly maxDeliveries?: number },
): EventDefinition<T> {
  return { kind: 'event', version: 1, maxDeliveries: 5, ...definition };
}

/** What queues and lines are named after: each version has its own, so that old and new can be served beside each other. */
export function messageAddress({
  name,
  version,
}: {
  readonly name: string;
  readonly version: number;
}): string {
  return version === 1 ? name : `${name}.v${version.toString()}`;
}
