import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { SluiceError } from '@sluice/contracts';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type GatewayConfig } from '../gateway.config.js';
import { answerBrokenRequest, MAX_HEADER_BYTES } from './broken-request.js';
import { SAFE_HEADERS } from './observe-requests.js';
import { problemHeaders, toProblem } from './problem.js';
import { chosenRequestId } from './request-id.js';

/** How often Node looks for requests that are too slow; its own default of 30 s would make ours meaningless. */
const SLOW_CHECK_MS = 2_000;
/** Longer than any query may take: a connection on which nothing moves for so long is dead. */
const SILENT_MS = 330_000;

/** The HTTP server: limits and time-outs first, bodies left alone. */
export function createAdapter(config: GatewayConfig): FastifyAdapter {
  const { headersMs, requestMs, keepAliveMs } = config.timeouts;
  const adapter = new FastifyAdapter({
    clientErrorHandler: answerBrokenRequest(config.timeouts),
    frameworkErrors: answerBadPath,
    connectionTimeout: SILENT_MS,
    genReqId: requestIdOf,
    http: {
      connectionsCheckingInterval: SLOW_CHECK_MS,
      headersTimeout: headersMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Asked for in a hook instead, so that its refusal is ours.
      requireHostHeader: false,
    },
    keepAliveTimeout: keepAliveMs,
    requestIdHeader: false,
    requestTimeout: requestMs,
    // While it drains, a request that is already on its way is still served.
    return503OnClosing: false,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
  });
  leaveBodies(adapter.getInstance());
  answerExpectations(adapter.getInstance().server);
  return adapter;
}

/**
 * Fastify would read and judge a body before any guard has run. Here it reads none: what the guards let through is read
 * by the BodyReader, and forms are read by the issuer, each within its limit.
 */
function leaveBodies(server: FastifyInstance): void {
  for (const method of ['GET', 'POST', 'QUERY', 'PUT', 'PATCH', 'DELETE']) {
    server.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  }
}

/** A path that is no path, or holds a longer name than any of ours, leads nowhere. */
function answerBadPath(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = new SluiceError('route-not-found', 'There is nothing at this path.');
  const problem = toProblem(error, request.id, '/');
  void reply
    .code(problem.status)
    .headers({ ...SAFE_HEADERS, ...problemHeaders(error, false), 'x-request-id': request.id })
    .send(Buffer.from(JSON.stringify(problem)));
}

/**
 * Node answers some requests by itself, without a word of ours. Those with `Expect` are taken like any other (RFC 9110,
 * 10.1.1, lets a server ignore what it does not know); the body is asked for when it is wanted.
 */
function answerExpectations(server: Server): void {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    server.emit('request', request, response);
  };
  server.on('checkContinue', answer).on('checkExpectation', answer);
}

function requestIdOf({ headers }: IncomingMessage): string {
  return chosenRequestId(headers['x-request-id']) ?? randomUUID();
}
