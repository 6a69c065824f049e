import { Controller, Get, HttpCode, Inject, Post, QueryMethod, Req, Res } from '@nestjs/common';
import { queryExplain, queryRun, type QueryExplanation } from '@sluice/contracts';
import { type FastifyReply } from 'fastify';
import { type Readable } from 'node:stream';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { headerOf, originOf, principalOf, type EdgeRequest } from '../http/edge-request.js';
import { negotiateForm } from '../http/negotiate.js';
import { preferredWait } from '../http/preferred-wait.js';
import { queryOf } from '../http/request-body.js';
import { ServiceClient } from '../http/service-client.js';
import { answerDeadline } from './answer-deadline.js';
import { headersOf } from './page-headers.js';
import { sendable } from './sendable.js';

const PRIVATE = 'private, no-store';

/**
 * The four forms of one resource (SPEC Q1). The bytes of the answer are made where the data is and pass through
 * untouched.
 *
 * Answers say `private, no-store`: no cache on the way may keep what was made for one principal's view. A client that
 * kept the bytes itself still revalidates with `If-None-Match`, which is judged after authentication.
 */
@Controller('api/v1/query')
export class QueryController {
  constructor(
    private readonly services: ServiceClient,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Get()
  get(
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | Readable> {
    return this.run(request, reply);
  }

  @Post()
  @HttpCode(200)
  post(
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | Readable> {
    return this.run(request, reply);
  }

  @QueryMethod()
  query(
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | Readable> {
    return this.run(request, reply);
  }

  /** What the query would do (SPEC Q13). */
  @Post('explain')
  @HttpCode(200)
  explain(
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<QueryExplanation> {
    reply.header('cache-control', PRIVATE);
    return this.services.ask(request, reply, queryExplain, {
      principal: principalOf(request),
      origin: originOf(request),
      body: queryOf(request),
    });
  }

  private async run(request: EdgeRequest, reply: FastifyReply): Promise<Buffer | Readable> {
    // Also on a refusal: it too depends on what is acceptable.
    reply.header('vary', 'Accept');
    const form = negotiateForm(headerOf(request, 'accept'));
    const wait = preferredWait(headerOf(request, 'prefer'));
    const question = {
      principal: principalOf(request),
      origin: originOf(request),
      body: queryOf(request),
      ifNoneMatch: headerOf(request, 'if-none-match'),
      noCache: /\bno-cache\b/i.test(headerOf(request, 'cache-control') ?? ''),
      form,
      ...(wait !== null && { timeoutMs: wait * 1_000 }),
    };
    const within = answerDeadline(wait, this.config.queryTimeoutMs);
    const answer = await this.services.ask(request, reply, queryRun, question, within);
    reply.code(answer.status).headers({ etag: answer.etag, 'cache-control': PRIVATE });
    if (wait !== null) reply.header('preference-applied', `wait=${String(wait)}`);
    // JSON says them in its bytes.
    if (form !== 'json' && answer.facts !== undefined) reply.headers(headersOf(answer.facts));
    if (answer.status === 200) reply.header('content-type', answer.contentType);
    return sendable(answer.body, reply);
  }
}
