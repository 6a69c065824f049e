import { Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import { exportCancel, exportGet, exportSubmit, SluiceError, type JobRequest } from '@sluice/contracts';
import { type FastifyReply } from 'fastify';
import { headerOf, originOf, principalOf, type EdgeRequest } from '../http/edge-request.js';
import { bodyOf } from '../http/request-body.js';
import { ServiceClient } from '../http/service-client.js';
import { jobHeaders, jobTag, matchesTag, toJobAnswer, type JobAnswer } from './job-answer.js';
import { SignedLinks } from './signed-link.js';

/** Export jobs over HTTP. Who may do what is decided in the orchestrator. */
@Controller('api/v1/exports')
export class ExportsController {
  constructor(
    private readonly services: ServiceClient,
    private readonly links: SignedLinks,
  ) {}

  @Post()
  async submit(
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobAnswer> {
    const { job, created } = await this.services.ask(request, reply, exportSubmit, {
      principal: principalOf(request),
      origin: originOf(request),
      body: bodyOf(request),
      idempotencyKey: idempotencyKeyOf(request),
    });
    reply.code(created ? 202 : 200).headers({ ...jobHeaders(job), location: `/api/v1/exports/${job.jobId}` });
    return toJobAnswer(job, this.links);
  }

  @Get(':id')
  async get(
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<JobAnswer | undefined> {
    const job = await this.services.ask(request, reply, exportGet, jobRequest(request, id));
    reply.headers(jobHeaders(job));
    if (!matchesTag(headerOf(request, 'if-none-match'), jobTag(job))) return toJobAnswer(job, this.links);
    reply.code(304);
    return undefined;
  }

  @Delete(':id')
  async cancel(
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<JobAnswer> {
    const job = await this.services.ask(request, reply, exportCancel, jobRequest(request, id));
    reply.headers(jobHeaders(job));
    return toJobAnswer(job, this.links);
  }
}

function jobRequest(request: EdgeRequest, jobId: string): JobRequest {
  return { principal: principalOf(request), origin: originOf(request), jobId: checkedJobId(jobId) };
}

/** What is no UUID is answered as an unknown job is. */
function checkedJobId(id: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  throw new SluiceError('export-not-found', 'There is no such export.');
}

function idempotencyKeyOf(request: EdgeRequest): string | null {
  const key = headerOf(request, 'idempotency-key');
  if (key === null || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new SluiceError('invalid-request', 'An Idempotency-Key has 1 to 255 visible ASCII characters.');
}
