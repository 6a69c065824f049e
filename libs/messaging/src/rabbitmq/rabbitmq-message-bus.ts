import { EventDefinition, RpcDefinition } from '@sluice/contracts';
import { busIsClosed, BusObserver } from '../faults.js';
import { checkedConcurrency } from '../limits.js';
import { MessageBus, RequestContext, RequestOptions } from '../message-bus.js';
import { BrokerLink, Consumer } from './broker-link.js';
import { ConsumerParts } from './consumer-parts.js';
import { EventPublisher } from './event-publisher.js';
import { EventSubscriber } from './event-subscriber.js';
import { RequestClient } from './request-client.js';
import { RequestServer } from './request-server.js';
import { RunningWork } from './running-work.js';
import { KeysOf, Sealer } from './sealer.js';

const CONFIRM_MS = 10_000;

export interface RabbitMqOptions extends BusObserver {
  /** `amqp://user:password@host:port/vhost`, or `amqps:` for TLS. */
  readonly url: string;
  /** Name of the service that this process belongs to: what is sent says so, and answers are sealed for it. */
  readonly service: string;
  /** Keys that messages are sealed with (decision 040). */
  readonly keysOf: KeysOf;
  /** How long the first connection may take, with retries; 30 s by default. */
  readonly connectTimeoutMs?: number;
  /** How long the broker may take to confirm an event; 10 s by default. */
  readonly confirmTimeoutMs?: number;
  /** Requests of this process that may be unanswered; more are refused as `overloaded`. 10,000 by default. */
  readonly maxPendingRequests?: number;
  /** First and longest wait before a message is delivered again; 100 ms and 5 s by default. */
  readonly firstRedeliveryMs?: number;
  readonly longestRedeliveryMs?: number;
}

/**
 * The bus over RabbitMQ: quorum queues, publisher confirms, retry queues, dead letters, sealed messages. It comes back by itself after an outage;
 * while the broker is away, requests and publications are refused at once as `unavailable`, never kept to be sent
 * after their caller gave up.
 */
export class RabbitMqMessageBus implements MessageBus {
  private readonly consumers: Consumer[] = [];
  private readonly work: RunningWork;
  private closing: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly link: BrokerLink,
    private readonly client: RequestClient,
    private readonly publisher: EventPublisher,
    private readonly sealer: Sealer,
    private readonly options: RabbitMqOptions,
  ) {
    this.work = new RunningWork((error) => options.onFault?.({ name: 'rabbitmq', error }));
  }

  /** For readiness: false while the broker is away. */
  get connected(): boolean {
    return this.link.connected;
  }

  async request<Req, Res>(
    rpc: RpcDefinition<Req, Res>,
    message: Req,
    options: RequestOptions = {},
  ): Promise<Res> {
    if (this.closed) throw busIsClosed();
    return this.client.ask(rpc, message, options);
  }

  async publish<T>(event: EventDefinition<T>, message: T): Promise<void> {
    if (this.closed) throw busIsClosed();
    await this.publisher.publish(event, message);
  }

  async handle<Req, Res>(
    rpc: RpcDefinition<Req, Res>,
    handler: (message: Req, context: RequestContext) => Promise<Res>,
    options: { readonly concurrency?: number } = {},
  ): Promise<void> {
    const concurrency = checkedConcurrency(options.concurrency);
    await this.add(new RequestServer(rpc, handler, concurrency, this.consumerParts()));
  }

  async subscribe<T>(
    event: EventDefinition<T>,
    group: string,
    handler: (message: T) => Promise<void>,
    options: { readonly concurrency?: number } = {},
  ): Promise<void> {
    const {
      firstRedeliveryMs = 100,
      longestRedeliveryMs = 5_000,
      confirmTimeoutMs = CONFIRM_MS,
    } = this.options;
    const concurrency = checkedConcurrency(options.concurrency);
    const settings = { concurrency, firstRedeliveryMs, longestRedeliveryMs, confirmTimeoutMs };
    await this.add(new EventSubscriber(event, group, handler, settings, this.consumerParts()));
  }

  /**
   * Takes nothing more, waits at most `graceMs` for running handlers (which may still ask and publish), then aborts
   * them, fails what waits for an answer, and disconnects. What is not acknowledged goes to others.
   */
  close(graceMs: number): Promise<void> {
    this.closing ??= this.drainAndStop(graceMs);
    return this.closing;
  }

  private consumerParts(): ConsumerParts {
    return { work: this.work, observer: this.options, sealer: this.sealer };
  }

  private async add(consumer: Consumer): Promise<void> {
    if (this.closing) throw busIsClosed();
    await this.link.add(consumer);
    this.consumers.push(consumer);
  }

  private async drainAndStop(graceMs: number): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stopTaking().catch(this.note)));
    await this.work.finish(graceMs);
    this.closed = true;
    this.client.failAll(busIsClosed());
    for (const consumer of this.consumers) consumer.abortAll?.();
    await this.link.close();
  }

  private readonly note = (error: unknown): void => this.options.onFault?.({ name: 'rabbitmq', error });
}

/** @throws Error saying in one sentence which broker cannot be used and why. */
export async function connectRabbitMq(options: RabbitMqOptions): Promise<RabbitMqMessageBus> {
  const link = await BrokerLink.connect({
    url: options.url,
    connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
    onFault: (error) => options.onFault?.({ name: 'rabbitmq', error }),
  });
  const sealer = new Sealer(options.service, options.keysOf);
  const client = new RequestClient(options.maxPendingRequests ?? 10_000, sealer, options);
  const publisher = new EventPublisher(options.confirmTimeoutMs ?? CONFIRM_MS, sealer);
  await Promise.all([link.add(client), link.add(publisher)]);
  return new RabbitMqMessageBus(link, client, publisher, sealer, options);
}
