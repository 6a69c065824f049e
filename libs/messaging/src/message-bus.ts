import { EventDefinition, RpcDefinition } from '@sluice/contracts';

export interface RequestOptions {
  /** Overrides the definition's own, in ms. */
  readonly timeoutMs?: number;
  /** Ends the wait, and tells the handler to stop. */
  readonly signal?: AbortSignal;
}

/** What a handler is told about the request it serves. */
export interface RequestContext {
  /** Aborted when the caller went away or its time is up. */
  readonly signal: AbortSignal;
}

/**
 * How the apps talk. One process and five run the same code over it; only the adapter differs.
 * Every adapter passes `describeMessageBus` in `test/`.
 */
export interface MessageBus {
  /** Asks one handler. Rejects with the handler's `SluiceError`, `rpc-timeout`, or `unavailable` when nobody serves it. */
  request<Req, Res>(rpc: RpcDefinition<Req, Res>, message: Req, options?: RequestOptions): Promise<Res>;
  /** Resolves once the message is queued for each group; rejects with `unavailable` otherwise, and when no group is known. */
  publish<T>(event: EventDefinition<T>, message: T): Promise<void>;
  /** Serves requests, at most `concurrency` at a time in this process. */
  handle<Req, Res>(
    rpc: RpcDefinition<Req, Res>,
    handler: (message: Req, context: RequestContext) => Promise<Res>,
    options?: { readonly concurrency?: number },
  ): Promise<void>;
  /**
   * Receives events; the members of a `group` share them. A handler that rejects gets the message again, up to the
   * definition's `maxDeliveries`.
   */
  subscribe<T>(
    event: EventDefinition<T>,
    group: string,
    handler: (message: T) => Promise<void>,
    options?: { readonly concurrency?: number },
  ): Promise<void>;
  /** Stops taking, waits for what is running (at most `graceMs`), lets go of the connection. */
  close(graceMs: number): Promise<void>;
}

/** A bus whose queues live in this process's memory: being queued is not being safe there. */
export interface SettlingMessageBus extends MessageBus {
  /** Resolves once each group has handled the message; rejects with `unavailable` when one gave it up. */
  publishSettled<T>(event: EventDefinition<T>, message: T): Promise<void>;
}

export function isSettling(bus: MessageBus): bus is SettlingMessageBus {
  return 'publishSettled' in bus;
}

/**
 * Publishes what must outlive this process: resolves once the broker has confirmed the message or, on a bus without
 * a broker, once it is handled. Not for use inside a handler that others wait for.
 */
export function publishSafely<T>(bus: MessageBus, event: EventDefinition<T>, message: T): Promise<void> {
  return isSettling(bus) ? bus.publishSettled(event, message) : bus.publish(event, message);
}

/** Nest injection token of the bus. */
export const MESSAGE_BUS = Symbol('MessageBus');
