import { SluiceError } from '@sluice/contracts';
import { type FastifyInstance } from 'fastify';
import { timesSent, type EdgeRequest } from './edge-request.js';

/**
 * RFC 9112, 3.2: a request of HTTP/1.1 without a host, or any with two of them, is refused whatever it asks. Node would
 * answer the first without a word, keep one of the two, and take HTTP/0.9 for a request with headers.
 */
export function requireOneHost(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    done(faultOf(request as EdgeRequest));
  });
}

function faultOf({ raw }: EdgeRequest): SluiceError | undefined {
  const { httpVersion } = raw;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    return new SluiceError('invalid-request', 'This server speaks HTTP/1.1.');
  }
  const times = timesSent(raw.rawHeaders, 'host');
  if (times === 1 || (times === 0 && httpVersion === '1.0')) return undefined;
  return new SluiceError('invalid-request', 'The header Host must stand exactly once.');
}
