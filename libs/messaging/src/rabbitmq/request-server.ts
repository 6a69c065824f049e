import { messageAddress, RpcDefinition, SluiceError } from '@sluice/contracts';
import { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { checkRequest, unknownVersion } from '../check-message.js';
import { busIsClosed, callerLeft, forged, isFault, timedOut } from '../faults.js';
import { timerDelay } from '../limits.js';
import { RequestContext } from '../message-bus.js';
import { Consumer } from './broker-link.js';
import { ConsumerParts } from './consumer-parts.js';
import { Envelope } from './envelope.js';
import { encodeFrame, FRAME_TYPE } from './frame.js';
import { queueIsGone } from './queue-is-gone.js';
import { readFrame } from './read-frame.js';
import { RecentSeals } from './recent-seals.js';
import { tellRefused, textOf } from './refused.js';
import { ANSWER, FAILURE } from './request-client.js';
import { Opened } from './sealer.js';
import { assertCancelQueue, assertExchanges, assertRequestQueue } from './topology.js';

/** Cancellations that came before their request; the oldest are forgotten first. */
const MAX_EARLY_CANCELS = 1_000;
/** Requests that are known again when a copy comes: those of two minutes at the highest rate that a process answers. */
const MAX_RECENT = 100_000;

interface Reply {
  readonly type: typeof ANSWER | typeof FAILURE;
  readonly content: Buffer;
  /** Null for one that answers nobody we know, and is not sealed. */
  readonly to: string | null;
}

/** Serves one RPC. A request is acknowledged when it is answered, so that a killed handler's goes to another one. */
export class RequestServer<Req, Res> implements Consumer {
  private consumerTag = '';
  private channel: ConfirmChannel | undefined;
  private readonly running = new Map<string, AbortController>();
  private readonly earlyCancels = new Set<string>();
  private readonly recent = new RecentSeals(MAX_RECENT);

  constructor(
    private readonly rpc: RpcDefinition<Req, Res>,
    private readonly handler: (message: Req, context: RequestContext) => Promise<Res>,
    private readonly concurrency: number,
    private readonly parts: ConsumerParts,
  ) {}

  async open(channel: ConfirmChannel): Promise<void> {
    const { work } = this.parts;
    await assertExchanges(channel);
    const requests = await assertRequestQueue(channel, messageAddress(this.rpc));
    const cancels = await assertCancelQueue(channel, messageAddress(this.rpc));
    await channel.prefetch(this.concurrency);
    const takeCancel = (message: ConsumeMessage | null): void => {
      if (message) this.cancel(message);
      else work.add(queueIsGone(channel));
    };
    await channel.consume(cancels, takeCancel, { noAck: true });
    const take = (delivery: ConsumeMessage | null): void => {
      work.add(delivery ? this.serve(channel, delivery) : queueIsGone(channel));
    };
    const { consumerTag } = await channel.consume(requests, take);
    Object.assign(this, { channel, consumerTag });
  }

  /** Whoever waited has been told, or asks another one: what still runs here is for nobody. */
  lost(): void {
    this.channel = undefined;
    this.abortAll();
  }

  abortAll(): void {
    for (const controller of this.running.values()) controller.abort(busIsClosed());
  }

  async stopTaking(): Promise<void> {
    await this.channel?.cancel(this.consumerTag);
  }

  private cancel(message: ConsumeMessage): void {
    if (this.opened('cancel', message).kind === 'refused') return;
    const id = textOf(message.properties.correlationId);
    const controller = this.running.get(id);
    if (controller) {
      controller.abort(callerLeft());
      return;
    }
    this.earlyCancels.add(id);
    const [oldest] = this.earlyCancels;
    if (oldest !== undefined && this.earlyCancels.size > MAX_EARLY_CANCELS) this.earlyCancels.delete(oldest);
  }

  private async serve(channel: ConfirmChannel, delivery: ConsumeMessage): Promise<void> {
    const reply = await this.replyTo(delivery);
    if (this.channel !== channel) return; // gone, with the request: the broker gives it to another handler
    const address = textOf(delivery.properties.replyTo);
    if (reply && address !== '') this.send(channel, address, delivery, reply);
    channel.ack(delivery);
  }

  private send(channel: ConfirmChannel, address: string, delivery: ConsumeMessage, reply: Reply): void {
    const { type, content, to } = reply;
    const correlationId = textOf(delivery.properties.correlationId);
    const { name, version } = this.rpc;
    const envelope = { kind: type, name, version, correlationId, timeoutMs: 0 };
    const headers = to === null ? {} : this.parts.sealer.seal({ ...envelope, to }, content);
    channel.publish('', address, content, { correlationId, type, contentType: FRAME_TYPE, headers });
  }

  /** Undefined when nobody waits for one. */
  private async replyTo(delivery: ConsumeMessage): Promise<Reply | undefined> {
    const opened = this.opened('request', delivery);
    if (opened.kind === 'refused') {
      return { type: FAILURE, content: encodeFrame(forged(this.rpc.name).toPayload()), to: null };
    }
    const { envelope } = opened;
    if (this.earlyCancels.delete(envelope.correlationId)) return undefined;
    return this.answer(envelope, delivery.content);
  }

  private opened(kind: 'request' | 'cancel', { fields, properties, content }: ConsumeMessage): Opened {
    const { sealer, observer } = this.parts;
    const { name, service: to } = this.rpc;
    const expected = { kind, name, to, correlationId: textOf(properties.correlationId) };
    let opened = sealer.open(expected, properties.headers, content);
    // What the broker delivers again, because its handler is gone, is the message itself and no copy.
    if (kind === 'request' && opened.kind === 'good' && !this.recent.take(opened.seal) && !fields.redelivered)
      opened = { kind: 'refused', reason: 'replayed' };
    if (opened.kind === 'refused') tellRefused(observer, expected, opened.reason);
    return opened;
  }

  private async answer(envelope: Envelope, content: Buffer): Promise<Reply> {
    const { correlationId: id, timeoutMs, from: to } = envelope;
    const controller = new AbortController();
    const timer = setTimeout(
      () => controller.abort(timedOut(this.rpc.name, timeoutMs)),
      timerDelay(timeoutMs),
    );
    this.running.set(id, controller);
    const { signal } = controller;
    try {
      const answer = await this.handler(this.read(envelope, content), { signal });
      return { type: ANSWER, content: encodeFrame(answer), to };
    } catch (error) {
      const fault = SluiceError.from(error);
      const stopped = signal.aborted && error === signal.reason;
      if (isFault(fault) && !stopped) this.parts.observer.onFault?.({ name: this.rpc.name, error });
      return { type: FAILURE, content: encodeFrame(fault.toPayload()), to };
    } finally {
      clearTimeout(timer);
      this.running.delete(id);
    }
  }

  private read({ version }: Envelope, content: Buffer): Req {
    if (version !== this.rpc.version) throw unknownVersion(this.rpc);
    return checkRequest(this.rpc, readFrame(this.rpc.name, content));
  }
}
