import { type RpcDefinition } from '@sluice/contracts';
import { type MessageBus } from '@sluice/messaging';
import { type FastifyReply } from 'fastify';
import { type EdgeRequest } from './edge-request.js';

/** Asks the services on behalf of a request: a caller that goes away takes the question back. */
export class ServiceClient {
  constructor(private readonly bus: MessageBus) {}

  /**
   * @param timeoutMs how long to wait for the answer; the definition's own time unless given
   * @throws the service's SluiceError, `rpc-timeout` past that time, `unavailable` when nobody serves it
   */
  async ask<Req, Res>(
    request: EdgeRequest,
    reply: FastifyReply,
    rpc: RpcDefinition<Req, Res>,
    message: Req,
    timeoutMs: number = rpc.timeoutMs,
  ): Promise<Res> {
    const gone = new AbortController();
    const onClose = (): void => {
      if (!reply.raw.writableFinished) gone.abort();
    };
    reply.raw.once('close', onClose);
    try {
      request.forwarded = true;
      if (reply.raw.destroyed) gone.abort();
      return await this.bus.request(rpc, message, { signal: gone.signal, timeoutMs });
    } finally {
      reply.raw.off('close', onClose);
    }
  }
}
