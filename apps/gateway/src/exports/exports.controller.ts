import { Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import { exportCancel, exportGet, exportList, exportSubmit } from '@sluice/contracts';
import { type FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import { headerOf, originOf, principalOf, type EdgeRequest } from '../http/edge-request.js';
import { bodyOf } from '../http/request-body.js';
import { ServiceClient } from '../http/service-client.js';
import { checkedIdempotencyKey } from './idempotency-key.js';
import { jobHeaders, jobTag, matchesTag, toJobAnswer, type JobAnswer } from './job-answer.js';
import { jobRequest } from './job-request.js';
import { ListCursors } from './list-cursor.js';
import { readListRequest } from './list-request.js';
import { SignedLinks } from './signed-link.js';

/** A page of jobs, the newest first. */
export interface ListAnswer {
  readonly jobs: readonly JobAnswer[];
  readonly page: {
    readonly limit: number;
    readonly returned: number;
    readonly hasMore: boolean;
    /** Cursor of the next page; null at the end. */
    readonly next: string | null;
  };
}

/** Export jobs over HTTP. Who may do what is decided in the orchestrator. */
@Controller('api/v1/exports')
export class ExportsController {
  constructor(
    private readonly services: ServiceClient,
    private readonly links: SignedLinks,
    private readonly cursors: ListCursors,
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
      idempotencyKey: checkedIdempotencyKey(headerOf(request, 'idempotency-key')),
      submissionId: randomUUID(),
    });
    reply.code(created ? 202 : 200).headers({
      ...jobHeaders(job),
      location: `/api/v1/exports/${job.jobId}`,
      ...(!created && { 'idempotent-replayed': 'true' }),
    });
    return toJobAnswer(job, this.links);
  }

  @Get()
  async list(
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ListAnswer> {
    const principal = principalOf(request);
    const { state, limit, after } = readListRequest(request.url);
    const listed = { principal, state };
    const position = after === null ? null : this.cursors.open(after, listed);
    const asked = { principal, origin: originOf(request), state, limit, after: position };
    const { jobs, next } = await this.services.ask(request, reply, exportList, asked);
    reply.header('cache-control', 'private, no-store');
    return {
      jobs: jobs.map((job) => toJobAnswer(job, this.links)),
      page: {
        limit,
        returned: jobs.length,
        hasMore: next !== null,
        next: next && this.cursors.seal(next, listed),
      },
    };
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
