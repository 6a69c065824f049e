import { HttpException } from '@nestjs/common';
import { ERROR_CODES, SluiceError, type ErrorCode } from '@sluice/contracts';

/** RFC 9457, with what a caller needs to mend the request. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  readonly pointer?: string;
  readonly position?: number;
  readonly suggestion?: string;
  readonly limit?: { readonly name: string; readonly value: number };
}

export const PROBLEM_TYPE = 'application/problem+json';

const COME_AGAIN_SECONDS = 2;

/** What the framework refuses before a handler runs, by its status. */
const FRAMEWORK_ERRORS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  // Of the files behind the docs page, when a path leads out of their folder.
  403: ['route-not-found', 'There is nothing at this path.'],
  404: ['route-not-found', 'There is nothing at this path.'],
  405: ['method-not-allowed', 'This path does not answer to the method.'],
  408: ['request-timeout', 'The request did not arrive in time.'],
  413: ['body-too-large', 'The body is larger than is allowed.'],
  415: ['unsupported-media-type', 'The body must be application/json.'],
  431: ['headers-too-large', 'The headers are larger than is allowed.'],
};

/** Makes one of our errors out of whatever was thrown. What is not known says nothing of its cause. */
export function toSluiceError(thrown: unknown): SluiceError {
  const status = refusalStatusOf(thrown);
  if (status === null) return SluiceError.from(thrown);
  const [code, detail] = FRAMEWORK_ERRORS[status] ?? ['invalid-request', 'The request cannot be read.'];
  return new SluiceError(code, detail, {}, { cause: thrown });
}

/** Status of an error by which the framework refuses a request; null for everything else, our own errors too. */
function refusalStatusOf(thrown: unknown): number | null {
  if (thrown instanceof HttpException) return clientStatus(thrown.getStatus());
  const { expose, statusCode } = (thrown ?? {}) as { expose?: unknown; statusCode?: unknown };
  // Plugins throw what http-errors makes. Errors of drivers have a status too, but never say that it may be told.
  return expose === true && typeof statusCode === 'number' ? clientStatus(statusCode) : null;
}

function clientStatus(status: number): number | null {
  return status >= 400 && status < 500 ? status : null;
}

/** @param path the request's path, without its query */
export function toProblem(error: SluiceError, requestId: string, path: string): Problem {
  const { status, title } = ERROR_CODES[error.code];
  const { pointer, position, suggestion, limit } = error.details;
  return {
    type: `urn:sluice:error:${error.code}`,
    title,
    status,
    detail: error.message,
    instance: path,
    code: error.code,
    requestId,
    ...(pointer !== undefined && { pointer }),
    ...(position !== undefined && { position }),
    ...(suggestion !== undefined && { suggestion }),
    ...(limit !== undefined && { limit }),
  };
}

/** Headers that belong to an error, whatever route it came from. */
export function problemHeaders(error: SluiceError, tokenWasSent: boolean): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store' };
  if (error.code === 'unauthenticated') {
    headers['www-authenticate'] = tokenWasSent
      ? 'Bearer realm="sluice", error="invalid_token"'
      : 'Bearer realm="sluice"';
  }
  const retryAfter = retryAfterOf(error);
  if (retryAfter !== undefined) headers['retry-after'] = String(Math.ceil(retryAfter));
  return headers;
}

/** Seconds. What is only not to be had at the moment always says when to come again, whoever found it so. */
function retryAfterOf({ code, details }: SluiceError): number | undefined {
  return details.retryAfter ?? (ERROR_CODES[code].status === 503 ? COME_AGAIN_SECONDS : undefined);
}
