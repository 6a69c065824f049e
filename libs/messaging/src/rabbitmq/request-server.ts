import { SluiceError } from '@sluice/contracts';
import { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { busIsClosed, BusObserver, callerLeft, timedOut } from '../faults.js';
import { timerDelay } from '../limits.js';
import { RequestContext } from '../message-bus.js';
import { Consumer } from './broker-link.js';
import { decodeFrame, encodeFrame, FRAME_TYPE } from './frame.js';
import { queueIsGone } from './queue-is-gone.js';
import { ANSWER, FAILURE } from './request-client.js';
import { RunningWork } from './running-work.js';
import { assertCancelQueue, assertExchanges, assertRequestQueue } from './topology.js';

/** Cancellations that came before their request; the oldest are forgotten first. */
const MAX_EARLY_CANCELS = 1_000;

type RequestHandler = (message: unknown, context: RequestContext) => Promise<unknown>;

/** Serves one RPC. A request is acknowledged when it is answered, so that a killed handler's goes to another one. */
export class RequestServer implements Consumer {
  private consumerTag = '';
  private channel: ConfirmChannel | undefined;
  private readonly running = new Map<string, AbortController>();
  private readonly earlyCancels = new Set<string>();

  constructor(
    private readonly rpc: string,
    private readonly handler: RequestHandler,
    private readonly concurrency: number,
    private readonly work: RunningWork,
    private readonly observer: BusObserver,
  ) {}

  async open(channel: ConfirmChannel): Promise<void> {
    await assertExchanges(channel);
    const requests = await assertRequestQueue(channel, this.rpc);
    const cancels = await assertCancelQueue(channel, this.rpc);
    await channel.prefetch(this.concurrency);
    const takeCancel = (message: ConsumeMessage | null): void => {
      if (message) this.cancel(String(message.properties.correlationId));
      else this.work.add(queueIsGone(channel));
    };
    await channel.consume(cancels, takeCancel, { noAck: true });
    const take = (delivery: ConsumeMessage | null): void => {
      this.work.add(delivery ? this.serve(channel, delivery) : queueIsGone(channel));
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

  private cancel(id: string): void {
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
    const id = String(delivery.properties.correlationId);
    const reply = this.earlyCancels.delete(id) ? undefined : await this.answer(id, delivery);
    if (this.channel !== channel) return; // gone, with the request: the broker gives it to another handler
    if (reply) {
      const options = { correlationId: id, type: reply.type, contentType: FRAME_TYPE };
      channel.publish('', String(delivery.properties.replyTo), reply.content, options);
    }
    channel.ack(delivery);
  }

  private async answer(id: string, delivery: ConsumeMessage): Promise<{ type: string; content: Buffer }> {
    const timeoutMs = Number(delivery.properties.headers?.['timeoutMs']) || 0;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(timedOut(this.rpc, timeoutMs)), timerDelay(timeoutMs));
    this.running.set(id, controller);
    const { signal } = controller;
    try {
      const answer = await this.handler(decodeFrame(delivery.content), { signal });
      return { type: ANSWER, content: encodeFrame(answer) };
    } catch (error) {
      const fault = SluiceError.from(error);
      const stopped = signal.aborted && error === signal.reason;
      if (fault.code === 'internal' && !stopped) this.observer.onFault?.({ name: this.rpc, error });
      return { type: FAILURE, content: encodeFrame(fault.toPayload()) };
    } finally {
      clearTimeout(timer);
      this.running.delete(id);
    }
  }
}
