import { type FastifyInstance } from 'fastify';
import { type Readiness } from '../operation/readiness.js';

/** A caller that keeps its connection would be cut off at the end: while the gateway drains, each answer is the last one on its connection. */
export function sendAwayWhileDraining(server: FastifyInstance, readiness: Readiness): void {
  server.addHook('onRequest', (_request, reply, done) => {
    if (readiness.draining) reply.raw.shouldKeepAlive = false;
    done();
  });
}
