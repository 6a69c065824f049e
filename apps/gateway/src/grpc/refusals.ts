import { Metadata, type status, type StatusObject } from '@grpc/grpc-js';
import { ERROR_CODES, SluiceError, type AuditSink } from '@sluice/contracts';
import { type Logger } from '@sluice/service-kit';
import { toProblem } from '../http/problem.js';
import { denialOf } from '../http/record-refusal.js';
import { type FailedAttempts } from '../rate-limit/failed-attempts.js';
import { type EdgeCall } from './edge-call.js';
import { grpcStatusOf } from './grpc-status.js';

/** Peers take 8 KiB of trailers at least; what a caller wrote comes back in two of them, and as base64 in a third. */
const MOST_TEXT = 1_000;

/** A status that can be thrown at the library: it reads these three from whatever it is given. */
export type Refusal = Pick<StatusObject, 'details' | 'metadata'> & { readonly code: status };

/** Turns everything thrown into a status, after it was recorded; what ProblemFilter is over HTTP. */
export class Refusals {
  constructor(
    private readonly audit: AuditSink,
    private readonly attempts: FailedAttempts,
    private readonly logger: Logger,
  ) {}

  async refuse(call: EdgeCall, thrown: unknown): Promise<Refusal> {
    const error = await this.recorded(call, await this.countFailure(call, SluiceError.from(thrown)));
    this.log(call, error);
    return statusOf(call, error);
  }

  /** A bad token or certificate is a failed attempt of its address; past the limit that is all that is told. */
  private async countFailure({ shown, origin }: EdgeCall, error: SluiceError): Promise<SluiceError> {
    const tried = shown.authorization.length > 0 || shown.certificate !== null;
    if (error.code !== 'unauthenticated' || !tried) return error;
    return (await this.attempts.failed(origin.address)) ?? error;
  }

  /** What a service refuses, that service has recorded; what fails (5xx), or whose caller has left, was not answered. */
  private async recorded(call: EdgeCall, error: SluiceError): Promise<SluiceError> {
    const unanswered = ERROR_CODES[error.code].status >= 500 || error.code === 'query-canceled';
    if (call.forwarded || unanswered) return error;
    const { principal, origin, jobId } = call;
    const ageMs = performance.now() - call.arrivedAt;
    try {
      await this.audit.record(denialOf({ principal, origin, jobId, ageMs }, error));
      return error;
    } catch (err) {
      this.logger.error({ err, requestId: origin.requestId }, 'A refusal could not be recorded.');
      return new SluiceError('audit-unavailable', 'The refusal cannot be recorded, so it is not answered.', {
        retryAfter: 5,
      });
    }
  }

  private log({ origin }: EdgeCall, error: SluiceError): void {
    if (ERROR_CODES[error.code].status < 500) return;
    const level = error.code === 'internal' ? 'error' : 'warn';
    this.logger[level]({ err: error, cause: error.cause, requestId: origin.requestId }, 'A call failed.');
  }
}

function statusOf({ origin, path, headers }: EdgeCall, error: SluiceError): Refusal {
  const { pointer, ...problem } = toProblem(error, origin.requestId, path);
  const told = pointer !== undefined && pointer.length <= MOST_TEXT ? pointer : null;
  const details = error.message.slice(0, MOST_TEXT).toWellFormed();
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  metadata.set('sluice-code', error.code);
  metadata.set('sluice-request-id', origin.requestId);
  // Text of metadata is visible ASCII; any other pointer stands in the problem only.
  if (told !== null && /^[\x21-\x7e]+$/.test(told)) metadata.set('sluice-pointer', told);
  const { retryAfter } = error.details;
  if (retryAfter !== undefined) metadata.set('retry-after', String(Math.ceil(retryAfter)));
  const whole = { ...problem, detail: details, ...(told !== null && { pointer: told }) };
  metadata.set('sluice-problem-bin', Buffer.from(JSON.stringify(whole)));
  return { code: grpcStatusOf(error.code), details, metadata };
}
