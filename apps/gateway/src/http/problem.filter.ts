import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { ERROR_CODES, SluiceError, type AuditSink } from '@sluice/contracts';
import { type Logger } from '@sluice/service-kit';
import { type FastifyReply } from 'fastify';
import { type FailedAttempts } from '../rate-limit/failed-attempts.js';
import { type AllowedMethods } from './allowed-methods.js';
import { type EdgeRequest } from './edge-request.js';
import { SAFE_HEADERS } from './observe-requests.js';
import { problemHeaders, toProblem, toSluiceError } from './problem.js';
import { recordRefusal } from './record-refusal.js';

/** Headers of the answer that did not come to be. */
const STALE_HEADERS = [
  'content-disposition',
  'content-length',
  'accept-ranges',
  'etag',
  'last-modified',
  'location',
];

/** Turns everything thrown, by us or by the framework, into one problem document, after it was recorded. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly audit: AuditSink,
    private readonly attempts: FailedAttempts,
    private readonly methods: AllowedMethods,
    private readonly logger: Logger,
  ) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<EdgeRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    try {
      const told = await this.countFailure(this.refine(toSluiceError(thrown), request, reply), request);
      const error = await this.recorded(request, told);
      this.log(error, request);
      this.answer(error, request, reply);
    } catch (fault) {
      // Nothing above awaits this filter: a fault in it must end the connection here.
      this.logger.error({ err: fault, requestId: request.id }, 'An error could not be answered.');
      reply.raw.destroy();
    }
  }

  /** A path that answers to other methods is not unknown. */
  private refine(error: SluiceError, request: EdgeRequest, reply: FastifyReply): SluiceError {
    if (error.code !== 'route-not-found') return error;
    const allowed = this.methods.of(pathOf(request));
    if (allowed.length === 0 || allowed.includes(request.method)) return error;
    reply.header('allow', allowed.join(', '));
    return new SluiceError('method-not-allowed', `This path answers to ${allowed.join(', ')}.`);
  }

  /** A bad token or link is a failed attempt of its address; past the limit that is all that is told. */
  private async countFailure(error: SluiceError, request: EdgeRequest): Promise<SluiceError> {
    const isAttempt =
      error.code === 'link-invalid' ||
      (error.code === 'unauthenticated' && request.headers.authorization !== undefined);
    return (isAttempt ? await this.attempts.failed(request.ip) : null) ?? error;
  }

  private async recorded(request: EdgeRequest, error: SluiceError): Promise<SluiceError> {
    try {
      await recordRefusal(this.audit, request, error);
      return error;
    } catch (cause) {
      this.logger.error({ err: cause, requestId: request.id }, 'A refusal could not be recorded.');
      return new SluiceError('audit-unavailable', 'The refusal cannot be recorded, so it is not answered.', {
        retryAfter: 5,
      });
    }
  }

  private log(error: SluiceError, request: EdgeRequest): void {
    if (ERROR_CODES[error.code].status < 500) return;
    const level = error.code === 'internal' ? 'error' : 'warn';
    this.logger[level]({ err: error, cause: error.cause, requestId: request.id }, 'A request failed.');
  }

  private answer(error: SluiceError, request: EdgeRequest, reply: FastifyReply): void {
    if (reply.sent) return;
    for (const name of STALE_HEADERS) reply.removeHeader(name);
    const tokenWasSent = request.headers.authorization !== undefined;
    void reply
      .code(ERROR_CODES[error.code].status)
      // Some paths that are none reach this filter without the hooks that set these.
      .headers({ ...SAFE_HEADERS, 'x-request-id': request.id, ...problemHeaders(error, tokenWasSent) })
      .send(Buffer.from(JSON.stringify(toProblem(error, request.id, pathOf(request)))));
  }
}

function pathOf(request: EdgeRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}
