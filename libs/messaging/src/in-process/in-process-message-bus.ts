import { EventDefinition, messageAddress, RpcDefinition, SluiceError } from '@sluice/contracts';
import { checkEvent, checkReply, checkRequest } from '../check-message.js';
import { busIsClosed, BusObserver, nobodyTakes } from '../faults.js';
import { checkedConcurrency, timerDelay } from '../limits.js';
import { RequestContext, RequestOptions, SettlingMessageBus } from '../message-bus.js';
import { detach } from '../plain-data.js';
import { EventHandler, EventQueue } from './event-queue.js';
import { RequestHandler, RequestLine } from './request-line.js';

export interface InProcessMessageBusOptions extends BusObserver {
  /** Requests that may wait for a busy handler, for each RPC; more are refused as `overloaded`. 1,000 by default. */
  readonly maxWaitingRequests?: number;
  /** Messages that a group may have before it, for each event; publishing more is `unavailable`. 10,000 by default. */
  readonly maxQueuedEvents?: number;
  /** First and longest wait before a message is delivered again, in ms. */
  readonly firstRedeliveryMs?: number;
  readonly longestRedeliveryMs?: number;
}

/**
 * The bus of the single process. It keeps the promises of a networked one (copies, deadlines, bounds, redelivery)
 * except one: what is queued dies with the process. Whoever needs more asks `publishSettled`.
 */
export class InProcessMessageBus implements SettlingMessageBus {
  private readonly lines = new Map<string, RequestLine>();
  /** By event and version, then by group. */
  private readonly queues = new Map<string, Map<string, EventQueue>>();
  private readonly idleWaiters = new Set<() => void>();
  private closing: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly options: InProcessMessageBusOptions = {}) {}

  /** Messages that were set aside since the start. */
  get deadLetters(): number {
    return this.allQueues().reduce((sum, queue) => sum + queue.deadLetters, 0);
  }

  async request<Req, Res>(
    rpc: RpcDefinition<Req, Res>,
    message: Req,
    options: RequestOptions = {},
  ): Promise<Res> {
    if (this.closed) throw busIsClosed();
    const timeoutMs = options.timeoutMs ?? rpc.timeoutMs;
    const reply = await this.line(rpc).ask(message, timeoutMs, options.signal);
    try {
      return checkReply(rpc, reply);
    } catch (error) {
      this.options.onFault?.({ name: rpc.name, error });
      throw error;
    }
  }

  async publish<T>(event: EventDefinition<T>, message: T): Promise<void> {
    // What becomes of it is told to the observer; the publisher only learns that it is queued.
    for (const handled of this.enqueue(event, message)) handled.catch(() => undefined);
  }

  async publishSettled<T>(event: EventDefinition<T>, message: T): Promise<void> {
    const outcomes = await Promise.allSettled(this.enqueue(event, message));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (!failed) return;
    throw new SluiceError(
      'unavailable',
      `"${event.name}" could not be handled.`,
      {},
      { cause: failed.reason },
    );
  }

  async handle<Req, Res>(
    rpc: RpcDefinition<Req, Res>,
    handler: (message: Req, context: RequestContext) => Promise<Res>,
    options: { readonly concurrency?: number } = {},
  ): Promise<void> {
    if (this.closed) throw busIsClosed();
    const serve: RequestHandler = (message, context) => handler(checkRequest(rpc, message), context);
    this.line(rpc).serve(serve, checkedConcurrency(options.concurrency));
  }

  async subscribe<T>(
    event: EventDefinition<T>,
    group: string,
    handler: (message: T) => Promise<void>,
    options: { readonly concurrency?: number } = {},
  ): Promise<void> {
    if (this.closed) throw busIsClosed();
    this.queue(event, group).join(handler as EventHandler, checkedConcurrency(options.concurrency));
  }

  /**
   * Lets what is queued and running finish, at most `graceMs`; handlers may still ask and publish meanwhile. Then
   * waiting callers get `unavailable`, running handlers are aborted, and undelivered messages are set aside.
   */
  close(graceMs: number): Promise<void> {
    this.closing ??= this.drainAndStop(graceMs);
    return this.closing;
  }

  private async drainAndStop(graceMs: number): Promise<void> {
    for (const queue of this.allQueues()) queue.drain();
    await this.whenIdle(graceMs);
    this.closed = true;
    for (const line of this.lines.values()) line.stop();
    for (const queue of this.allQueues()) queue.stop();
  }

  private whenIdle(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.idleWaiters.delete(check);
        resolve();
      };
      const check = (): void => {
        if (this.idle()) finish();
      };
      const timer = setTimeout(finish, timerDelay(graceMs));
      this.idleWaiters.add(check);
      check();
    });
  }

  private idle(): boolean {
    return [...this.lines.values(), ...this.allQueues()].every(({ idle }) => idle);
  }

  private readonly onIdle = (): void => {
    for (const check of [...this.idleWaiters]) check();
  };

  /** All groups get the message or none does. */
  private enqueue<T>(event: EventDefinition<T>, message: T): readonly Promise<void>[] {
    if (this.closed) throw busIsClosed();
    const queues = [...(this.queues.get(messageAddress(event))?.values() ?? [])];
    if (queues.length === 0 || queues.some(({ full }) => full)) throw nobodyTakes(event.name);
    const copy = detach(message);
    return queues.map((queue) => queue.push(copy));
  }

  private line<Req, Res>(rpc: RpcDefinition<Req, Res>): RequestLine {
    const address = messageAddress(rpc);
    const line =
      this.lines.get(address) ??
      new RequestLine(rpc.name, this.options.maxWaitingRequests ?? 1_000, this.options, this.onIdle);
    this.lines.set(address, line);
    return line;
  }

  private queue<T>(event: EventDefinition<T>, group: string): EventQueue {
    const address = messageAddress(event);
    const groups = this.queues.get(address) ?? new Map<string, EventQueue>();
    const queue = groups.get(group) ?? this.newQueue(event, group);
    this.queues.set(address, groups.set(group, queue));
    return queue;
  }

  private newQueue<T>(event: EventDefinition<T>, group: string): EventQueue {
    const limits = {
      maxQueued: this.options.maxQueuedEvents ?? 10_000,
      firstDelayMs: this.options.firstRedeliveryMs ?? 100,
      longestDelayMs: this.options.longestRedeliveryMs ?? 5_000,
    };
    const checked = { ...event, check: (message: unknown) => checkEvent(event, message) };
    return new EventQueue(checked, group, limits, this.options, this.onIdle);
  }

  private allQueues(): EventQueue[] {
    return [...this.queues.values()].flatMap((groups) => [...groups.values()]);
  }
}
