import { randomUUID } from 'node:crypto';
import { ErrorPayload, RpcDefinition, SluiceError } from '@sluice/contracts';
import { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { callerLeft, lineIsFull, nobodyServes } from '../faults.js';
import { RequestOptions } from '../message-bus.js';
import { PendingCall } from '../pending-call.js';
import { Station } from './broker-link.js';
import { decodeFrame, encodeFrame, FRAME_TYPE } from './frame.js';
import { ifChannelLives } from './if-channel-lives.js';
import { assertExchanges, CANCELS, requestQueue } from './topology.js';

/** RabbitMQ's direct reply-to: answers come back on the channel that asked, through no queue. */
const REPLIES = 'amq.rabbitmq.reply-to';

/** Types of a reply message. */
export const ANSWER = 'answer';
export const FAILURE = 'failure';

/** Asks, and matches answers to questions. A question is never sent twice: when the connection goes, it has failed. */
export class RequestClient implements Station {
  private channel: ConfirmChannel | undefined;
  private readonly pending = new Map<string, PendingCall>();

  constructor(private readonly maxPending: number) {}

  async open(channel: ConfirmChannel): Promise<void> {
    await assertExchanges(channel);
    channel.on('return', ({ properties, fields }) => {
      this.abandon(String(properties.correlationId), nobodyServes(String(fields.routingKey)));
    });
    await channel.consume(REPLIES, (reply) => this.settle(reply), { noAck: true });
    this.channel = channel;
  }

  lost(): void {
    this.channel = undefined;
    this.failAll(brokerIsAway());
  }

  failAll(error: SluiceError): void {
    for (const call of [...this.pending.values()]) call.abandon(error);
  }

  async ask<Req, Res>(
    rpc: RpcDefinition<Req, Res>,
    message: Req,
    { timeoutMs = rpc.timeoutMs, signal }: RequestOptions,
  ): Promise<unknown> {
    const channel = this.channel;
    if (!channel) throw brokerIsAway();
    if (signal?.aborted) throw callerLeft();
    if (this.pending.size >= this.maxPending) throw lineIsFull(rpc.name, this.maxPending);
    const content = encodeFrame(message);
    const id = randomUUID();
    const call = new PendingCall(message, rpc.name, timeoutMs, signal, () => this.pending.delete(id));
    this.pending.set(id, call);
    call.signal.addEventListener('abort', () => this.sendCancel(rpc.name, id), { once: true });
    const options = {
      mandatory: true,
      persistent: true,
      replyTo: REPLIES,
      correlationId: id,
      expiration: Math.ceil(timeoutMs),
      headers: { timeoutMs },
      contentType: FRAME_TYPE,
    };
    const onConfirm = (refusal: Error | null): void => {
      // Refused while connected means that the queue has reached its length.
      if (refusal && this.channel === channel) call.abandon(lineIsFull(rpc.name, this.maxPending));
    };
    const sent = ifChannelLives(() =>
      channel.publish('', requestQueue(rpc.name), content, options, onConfirm),
    );
    if (!sent) call.abandon(brokerIsAway());
    return call.answer;
  }

  private settle(reply: ConsumeMessage | null): void {
    const call = this.pending.get(String(reply?.properties.correlationId));
    if (!reply || !call) return; // late: nobody waits for it any more
    try {
      const value = decodeFrame(reply.content);
      if (reply.properties.type === ANSWER) call.succeed(value);
      else call.fail(value as ErrorPayload);
    } catch (error) {
      call.abandon(SluiceError.from(error));
    }
  }

  private abandon(id: string, error: SluiceError): void {
    this.pending.get(id)?.abandon(error);
  }

  private sendCancel(rpc: string, id: string): void {
    const { channel } = this;
    const options = { correlationId: id, persistent: false };
    // Without a channel the handler learns of it from the broker.
    if (channel) ifChannelLives(() => channel.publish(CANCELS, rpc, Buffer.alloc(0), options));
  }
}

function brokerIsAway(): SluiceError {
  return new SluiceError('unavailable', 'The services cannot be reached at the moment.', { retryAfter: 1 });
}
