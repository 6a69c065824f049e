import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import {
  datasetsDescribe,
  datasetsList,
  type DatasetDescription,
  type DatasetSummary,
} from '@sluice/contracts';
import { type FastifyReply } from 'fastify';
import { principalOf, type EdgeRequest } from '../http/edge-request.js';
import { ServiceClient } from '../http/service-client.js';

/** What the caller may see of the catalogue (SPEC Q14). */
@Controller('api/v1/datasets')
export class DatasetsController {
  constructor(private readonly services: ServiceClient) {}

  @Get()
  async list(
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly datasets: readonly DatasetSummary[] }> {
    reply.header('cache-control', 'private, no-store');
    const message = { principal: principalOf(request) };
    return { datasets: await this.services.ask(request, reply, datasetsList, message) };
  }

  @Get(':name')
  async describe(
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('name') name: string,
  ): Promise<DatasetDescription> {
    reply.header('cache-control', 'private, no-store');
    const message = { principal: principalOf(request), name };
    return this.services.ask(request, reply, datasetsDescribe, message);
  }
}
