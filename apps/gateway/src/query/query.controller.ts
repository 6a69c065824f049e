import { Controller, Get, HttpCode, Post, QueryMethod, Req, Res } from '@nestjs/common';
import { queryRun } from '@sluice/contracts';
import { type FastifyReply } from 'fastify';
import { headerOf, originOf, principalOf, type EdgeRequest } from '../http/edge-request.js';
import { queryOf } from '../http/request-body.js';
import { ServiceClient } from '../http/service-client.js';

/**
 * The four forms of one resource (SPEC Q1). The bytes of the answer are made where the data is and pass through
 * untouched.
 *
 * Answers say `private, no-store`: no cache on the way may keep what was made for one principal's view. A client that
 * kept the bytes itself still revalidates with `If-None-Match`, which is judged after authentication.
 */
@Controller('api/v1/query')
export class QueryController {
  constructor(private readonly services: ServiceClient) {}

  @Get()
  get(@Req() request: EdgeRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    return this.run(request, reply);
  }

  @Post()
  @HttpCode(200)
  post(@Req() request: EdgeRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    return this.run(request, reply);
  }

  @QueryMethod()
  query(@Req() request: EdgeRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    return this.run(request, reply);
  }

  private async run(request: EdgeRequest, reply: FastifyReply): Promise<Buffer> {
    const answer = await this.services.ask(request, reply, queryRun, {
      principal: principalOf(request),
      origin: originOf(request),
      body: queryOf(request),
      ifNoneMatch: headerOf(request, 'if-none-match'),
      noCache: /\bno-cache\b/i.test(headerOf(request, 'cache-control') ?? ''),
    });
    reply.code(answer.status).headers({ etag: answer.etag, 'cache-control': 'private, no-store' });
    if (answer.status === 200) reply.header('content-type', answer.contentType);
    const { buffer, byteOffset, byteLength } = answer.body;
    return Buffer.from(buffer, byteOffset, byteLength);
  }
}
