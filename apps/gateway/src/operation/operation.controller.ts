import { Controller, Get, Header, Res } from '@nestjs/common';
import { renderMetrics } from '@sluice/service-kit';
import { type FastifyReply } from 'fastify';
import { PublicRoute } from '../authentication/public-route.js';
import { Readiness } from './readiness.js';

/** What probes and scrapers ask. */
@Controller()
export class OperationController {
  constructor(private readonly readiness: Readiness) {}

  @Get('healthz')
  @PublicRoute()
  @Header('cache-control', 'no-store')
  alive(): { readonly status: string } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @PublicRoute()
  @Header('cache-control', 'no-store')
  async ready(
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly status: string; readonly notReady: readonly string[] }> {
    const notReady = await this.readiness.notReady();
    const ready = notReady.length === 0;
    reply.code(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'not-ready', notReady };
  }

  @Get('metrics')
  @PublicRoute()
  @Header('cache-control', 'no-store')
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, body } = await renderMetrics();
    reply.header('content-type', contentType);
    return body;
  }
}
