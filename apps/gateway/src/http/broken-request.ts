import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { ERROR_CODES, SluiceError } from '@sluice/contracts';
import { type GatewayConfig } from '../gateway.config.js';
import { PROBLEM_TYPE, toProblem } from './problem.js';

/** All of a request's headers together, its path too. */
export const MAX_HEADER_BYTES = 16_384;

/** Connections whose request was answered before all of its body had come. Node reads the rest and throws it away. */
const answeredEarly = new WeakSet<Socket>();

/** To be told of each request's begin and end: a request that has its answer gets no second one for being slow. */
export const earlyAnswers = {
  begins({ socket }: IncomingMessage): void {
    answeredEarly.delete(socket);
  },
  ends({ socket, complete }: IncomingMessage): void {
    if (!complete) answeredEarly.add(socket);
  },
};

/** What could not even be read as HTTP has no route, but is answered like everything else. */
export function answerBrokenRequest(timeouts: GatewayConfig['timeouts']) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable || answeredEarly.has(socket)) {
      socket.destroy();
      return;
    }
    const problem = toProblem(brokenRequest(error.code, timeouts), randomUUID(), '/');
    const body = JSON.stringify(problem);
    socket.end(
      `HTTP/1.1 ${String(problem.status)} ${ERROR_CODES[problem.code].title}\r\nconnection: close\r\n` +
        `content-type: ${PROBLEM_TYPE}\r\ncache-control: no-store\r\nx-request-id: ${problem.requestId}\r\n` +
        `content-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
    );
  };
}

function brokenRequest(
  code: string | undefined,
  { headersMs, requestMs }: GatewayConfig['timeouts'],
): SluiceError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new SluiceError(
        'headers-too-large',
        `Path and headers together are larger than ${String(MAX_HEADER_BYTES)} bytes.`,
        { limit: { name: 'headerBytes', value: MAX_HEADER_BYTES } },
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new SluiceError(
        'request-timeout',
        `The headers must arrive within ${String(headersMs)} ms, and all of the request within ${String(requestMs)} ms.`,
        { limit: { name: 'requestMs', value: requestMs } },
      );
    default:
      return new SluiceError('invalid-request', 'The request is not HTTP.');
  }
}
