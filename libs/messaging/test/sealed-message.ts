import { createSecretKey, randomUUID } from 'node:crypto';
import { messageAddress } from '@sluice/contracts';
import { Options } from 'amqplib';
import { KeysOf, MessageKind } from '../src/index.js';
import { Envelope, toHeaders } from '../src/rabbitmq/envelope.js';
import { decodeFrame, encodeFrame, FRAME_TYPE } from '../src/rabbitmq/frame.js';
import { sealOf } from '../src/rabbitmq/sealer.js';
import { requestQueue } from '../src/rabbitmq/topology.js';

/** What a definition says of the message. */
interface Defined {
  readonly name: string;
  readonly version: number;
  readonly service: string;
}

export interface RawMessage {
  readonly content: Buffer;
  readonly options: Options.Publish;
}

/**
 * A message as a service would send it past the bus: sealed, whatever its content is. `changes` go under the seal, so that it is a true
 * seal of something else; change the result for a false one.
 *
 * @param content bytes as they are, anything else as a frame
 */
export function sealedMessage(
  keysOf: KeysOf,
  kind: MessageKind,
  { name, version, service: to }: Defined,
  content: unknown,
  changes: Partial<Envelope> = {},
): RawMessage {
  const bytes = Buffer.isBuffer(content) ? content : encodeFrame(content);
  const timeoutMs = kind === 'request' ? 30_000 : 0;
  const given = { kind, name, version, to, from: 'test-sender', correlationId: randomUUID(), timeoutMs };
  const envelope = { ...given, issuedAt: Date.now(), ...changes };
  const { correlationId } = envelope;
  const headers = toHeaders(envelope, sealOf(envelope, bytes, createSecretKey(keysOf(envelope.to)[0]!)));
  const options = { correlationId, messageId: correlationId, contentType: FRAME_TYPE, headers };
  return { content: bytes, options: { ...options, persistent: true } };
}

/** Where the requests of a definition wait. */
export function queueOf(rpc: Defined): string {
  return requestQueue(messageAddress(rpc));
}

export { decodeFrame, encodeFrame };
