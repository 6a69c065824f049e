import { SluiceError } from '@sluice/contracts';
import { type EdgeRequest } from './edge-request.js';
import { readStrictJson } from './strict-json.js';

/**
 * The JSON body of a request, read after the caller was authenticated.
 *
 * @throws SluiceError `unsupported-media-type`, `invalid-request` without a body, and what `readStrictJson` throws
 */
export function bodyOf(request: EdgeRequest): unknown {
  const body = bytesOf(request);
  // A missing type with a missing body is told as a missing body, which is what has to be mended first.
  if (body === null && request.headers['content-type'] === undefined) throw missingBody();
  if (!isJson(request.headers['content-type'])) {
    throw new SluiceError('unsupported-media-type', 'The body must be application/json.');
  }
  if (body === null) throw missingBody();
  return readStrictJson(body);
}

/**
 * The query of a request: its body, or the text of `?q=` (SPEC Q1).
 *
 * @throws SluiceError `invalid-request` for both at once, another parameter or a repeated one
 */
export function queryOf(request: EdgeRequest): unknown {
  const parameters = parametersOf(request);
  for (const name of parameters.keys()) {
    if (name !== 'q') throw new SluiceError('invalid-request', 'The only parameter known here is q.');
  }
  const [text, ...more] = parameters.getAll('q');
  if (text === undefined) return bodyOf(request);
  if (more.length > 0) throw new SluiceError('invalid-request', 'The parameter q may stand only once.');
  if (bytesOf(request) !== null) {
    throw new SluiceError('invalid-request', 'The query stands in the body or in q, not in both.');
  }
  return readStrictJson(Buffer.from(text));
}

/** Query parameters as the URL standard reads them. */
export function parametersOf(request: EdgeRequest): URLSearchParams {
  const start = request.url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : request.url.slice(start + 1));
}

function bytesOf({ body }: EdgeRequest): Buffer | null {
  return Buffer.isBuffer(body) && body.length > 0 ? body : null;
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json(?: ?; ?charset=(?:utf-8|"utf-8"))?$/i.test(contentType ?? '');
}

function missingBody(): SluiceError {
  return new SluiceError('invalid-request', 'A JSON body is required.');
}
