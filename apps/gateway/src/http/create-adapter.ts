import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ERROR_CODES, SluiceError, type ErrorCode } from '@sluice/contracts';
import { type FastifyInstance } from 'fastify';
import { type GatewayConfig } from '../gateway.config.js';
import { PROBLEM_TYPE, toProblem } from './problem.js';

/** How often Node looks for requests that are too slow; its own default of 30 s would make ours meaningless. */
const SLOW_CHECK_MS = 2_000;
/** Longer than any query may take: a connection on which nothing moves for so long is dead. */
const SILENT_MS = 330_000;

/** The HTTP server: limits and time-outs first, bodies left as bytes. */
export function createAdapter(config: GatewayConfig): FastifyAdapter {
  const { headersMs, requestMs, keepAliveMs } = config.timeouts;
  const adapter = new FastifyAdapter({
    bodyLimit: config.bodyLimit,
    clientErrorHandler: answerBrokenRequest,
    connectionTimeout: SILENT_MS,
    genReqId: requestIdOf,
    http: { connectionsCheckingInterval: SLOW_CHECK_MS, headersTimeout: headersMs },
    keepAliveTimeout: keepAliveMs,
    requestIdHeader: false,
    requestTimeout: requestMs,
    // While it drains, a request that is already on its way is still served.
    return503OnClosing: false,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
  });
  takeBodiesAsBytes(adapter.getInstance());
  return adapter;
}

/** Parsing waits until the caller is known, and is stricter than any built-in parser. */
function takeBodiesAsBytes(server: FastifyInstance): void {
  // GET may carry a body here (SPEC Q1).
  server.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  // A form is for the issuer alone, which reads the stream itself, within its own limit.
  server.addContentTypeParser('application/x-www-form-urlencoded', (_request, _payload, done) => {
    done(null);
  });
}

/** A caller may choose the id, so that its own log finds ours; anything odd is replaced. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

/** What could not even be read as HTTP has no route, but is answered like everything else. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem(new SluiceError(...brokenRequest(error.code)), randomUUID(), '/');
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${String(problem.status)} ${ERROR_CODES[problem.code].title}\r\nconnection: close\r\n` +
      `content-type: ${PROBLEM_TYPE}\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
  );
}

function brokenRequest(code: string | undefined): [ErrorCode, string] {
  if (code === 'HPE_HEADER_OVERFLOW') return ['headers-too-large', 'The headers are larger than is allowed.'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['request-timeout', 'The request did not arrive in time.'];
  return ['invalid-request', 'The request is not HTTP.'];
}
