import { Controller, Get, Header, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { PublicRoute } from '../authentication/public-route.js';
import { inviteBody } from '../http/body-reader.js';
import { type EdgeRequest } from '../http/edge-request.js';
import { RateLimits } from '../rate-limit/rate-limits.js';
import { BuiltInIssuer, KEYS_ROUTE, TOKEN_ROUTE } from './built-in-issuer.js';

/** The built-in issuer's three endpoints; part of the app only while that issuer is on. */
@Controller()
export class IssuerController {
  constructor(
    private readonly issuer: BuiltInIssuer,
    private readonly limits: RateLimits,
  ) {}

  /**
   * Hands the connection to the library, whose answers, errors too, have the shape of RFC 6749. An address that has
   * shown too many wrong secrets is refused before that. Attempts under way at that moment are let finish: the issuer
   * compares few at once.
   */
  @Post(TOKEN_ROUTE)
  @PublicRoute()
  async token(@Req() request: EdgeRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.limits.attempts.check(request.ip);
    inviteBody(request.raw, reply);
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.hijack();
    await this.issuer.answerToken(request.raw, reply.raw);
    if (reply.raw.statusCode === 401) await this.limits.attempts.failed(request.ip);
  }

  @Get('.well-known/openid-configuration')
  @PublicRoute()
  @Header('cache-control', 'public, max-age=300')
  discovery(): Record<string, unknown> {
    return this.issuer.discovery();
  }

  @Get(KEYS_ROUTE)
  @PublicRoute()
  @Header('cache-control', 'public, max-age=300')
  keys(): Record<string, unknown> {
    return this.issuer.keySet();
  }
}
