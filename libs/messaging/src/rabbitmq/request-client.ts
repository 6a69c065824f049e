import { randomUUID } from 'node:crypto';
import { ErrorPayload, messageAddress, RpcDefinition, SluiceError } from '@sluice/contracts';
import { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { checkReply, unknownVersion } from '../check-message.js';
import { BusObserver, callerLeft, forged, isFault, lineIsFull, nobodyServes } from '../faults.js';
import { RequestOptions } from '../message-bus.js';
import { PendingCall } from '../pending-call.js';
import { Station } from './broker-link.js';
import { Envelope } from './envelope.js';
import { encodeFrame, FRAME_TYPE } from './frame.js';
import { ifChannelLives } from './if-channel-lives.js';
import { readFrame } from './read-frame.js';
import { tellRefused } from './refused.js';
import { Sealer } from './sealer.js';
import { assertExchanges, CANCELS, requestQueue } from './topology.js';

/** RabbitMQ's direct reply-to: answers come back on the channel that asked, through no queue. */
const REPLIES = 'amq.rabbitmq.reply-to';

/** Types of a reply message. */
export const ANSWER = 'answer';
export const FAILURE = 'failure';

interface Question {
  readonly rpc: RpcDefinition<unknown, unknown>;
  readonly call: PendingCall;
}

/** Asks, and matches answers to questions. A question is never sent twice: when the connection goes, it has failed. */
export class RequestClient implements Station {
  private channel: ConfirmChannel | undefined;
  private readonly pending = new Map<string, Question>();

  constructor(
    private readonly maxPending: number,
    private readonly sealer: Sealer,
    private readonly observer: BusObserver,
  ) {}

  async open(channel: ConfirmChannel): Promise<void> {
    await assertExchanges(channel);
    channel.on('return', ({ properties }) => {
      const asked = this.pending.get(String(properties.correlationId));
      asked?.call.abandon(nobodyServes(asked.rpc.name));
    });
    await channel.consume(REPLIES, (reply) => this.settle(reply), { noAck: true });
    this.channel = channel;
  }

  lost(): void {
    this.channel = undefined;
    this.failAll(brokerIsAway());
  }

  failAll(error: SluiceError): void {
    for (const { call } of [...this.pending.values()]) call.abandon(error);
  }

  async ask<Req, Res>(
    rpc: RpcDefinition<Req, Res>,
    message: Req,
    { timeoutMs = rpc.timeoutMs, signal }: RequestOptions,
  ): Promise<Res> {
    const channel = this.channel;
    if (!channel) throw brokerIsAway();
    if (signal?.aborted) throw callerLeft();
    if (this.pending.size >= this.maxPending) throw lineIsFull(rpc.name, this.maxPending);
    const content = encodeFrame(message);
    const id = randomUUID();
    const call = new PendingCall(message, rpc.name, timeoutMs, signal, () => this.pending.delete(id));
    this.pending.set(id, { rpc, call });
    call.signal.addEventListener('abort', () => this.sendCancel(rpc, id), { once: true });
    const wholeMs = Math.max(1, Math.ceil(timeoutMs));
    const envelope = { ...addressed(rpc, id), kind: 'request', timeoutMs: wholeMs } as const;
    const options = {
      mandatory: true,
      persistent: true,
      replyTo: REPLIES,
      correlationId: id,
      expiration: wholeMs,
      headers: this.sealer.seal(envelope, content),
      contentType: FRAME_TYPE,
    };
    const onConfirm = (refusal: Error | null): void => {
      // Refused while connected means that the queue has reached its length.
      if (refusal && this.channel === channel) call.abandon(lineIsFull(rpc.name, this.maxPending));
    };
    const queue = requestQueue(messageAddress(rpc));
    const sent = ifChannelLives(() => channel.publish('', queue, content, options, onConfirm));
    if (!sent) call.abandon(brokerIsAway());
    return (await call.answer) as Res; // checked where it came in
  }

  private settle(reply: ConsumeMessage | null): void {
    const question = this.pending.get(String(reply?.properties.correlationId));
    if (!reply || !question) return; // late: nobody waits for it any more
    const { call, rpc } = question;
    try {
      this.endWith(reply, question);
    } catch (thrown) {
      const error = SluiceError.from(thrown);
      if (isFault(error)) this.observer.onFault?.({ name: rpc.name, error: thrown });
      call.fail(error.toPayload());
    }
  }

  /** What is not sealed by the service that was asked ends the wait: the true answer was lost, or never made. */
  private endWith({ properties, content }: ConsumeMessage, { rpc, call }: Question): void {
    const kind = properties.type === ANSWER ? ANSWER : FAILURE;
    const correlationId = String(properties.correlationId);
    const expected = { kind, name: rpc.name, to: this.sealer.service, correlationId } as const;
    const opened = this.sealer.open(expected, properties.headers, content);
    if (opened.kind === 'refused' || opened.envelope.from !== rpc.service) {
      const reason = opened.kind === 'refused' ? opened.reason : 'forged';
      tellRefused(this.observer, expected, reason);
      throw forged(rpc.name);
    }
    const value = readFrame(rpc.name, content);
    if (kind === FAILURE) call.fail(value as ErrorPayload);
    else if (opened.envelope.version !== rpc.version) throw unknownVersion(rpc);
    else call.succeed(checkReply(rpc, value));
  }

  private sendCancel<Req, Res>(rpc: RpcDefinition<Req, Res>, id: string): void {
    const { channel } = this;
    // Without a channel the handler learns of it from the broker.
    if (!channel) return;
    const nothing = Buffer.alloc(0);
    const headers = this.sealer.seal({ ...addressed(rpc, id), kind: 'cancel', timeoutMs: 0 }, nothing);
    const options = { correlationId: id, persistent: false, headers };
    ifChannelLives(() => channel.publish(CANCELS, messageAddress(rpc), nothing, options));
  }
}

function addressed<Req, Res>(
  { name, version, service }: RpcDefinition<Req, Res>,
  correlationId: string,
): Pick<Envelope, 'name' | 'version' | 'to' | 'correlationId'> {
  return { name, version, to: service, correlationId };
}

function brokerIsAway(): SluiceError {
  return new SluiceError('unavailable', 'The services cannot be reached at the moment.', { retryAfter: 1 });
}
