/** A request with one answer. `Req` and `Res` are plain data; `Uint8Array` values pass through untouched. */
export interface RpcDefinition<Req, Res> {
  readonly kind: 'rpc';
  readonly name: string;
  /** How long a caller waits when it names no deadline, in ms. */
  readonly timeoutMs: number;
  /** Never set: carries the types. */
  readonly types?: { readonly request: Req; readonly response: Res };
}

/** A message that each subscribing group receives at least once. */
export interface EventDefinition<T> {
  readonly kind: 'event';
  readonly name: string;
  /** Deliveries after which a message is set aside instead of being redelivered. */
  readonly maxDeliveries: number;
  /** Never set: carries the type. */
  readonly types?: { readonly message: T };
}

export function defineRpc<Req, Res>(name: string, timeoutMs: number): RpcDefinition<Req, Res> {
  return { kind: 'rpc', name, timeoutMs };
}

export function defineEvent<T>(name: string, maxDeliveries = 5): EventDefinition<T> {
  return { kind: 'event', name, maxDeliveries };
}
