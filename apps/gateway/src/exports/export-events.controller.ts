import { PassThrough, Readable } from 'node:stream';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { exportGet, type ExportJob } from '@sluice/contracts';
import { type FastifyReply } from 'fastify';
import { bearerOf } from '../authentication/authentication.guard.js';
import { TokenVerifier } from '../authentication/token-verifier.js';
import { headerOf, type EdgeRequest } from '../http/edge-request.js';
import { ServiceClient } from '../http/service-client.js';
import { EventStreams, type StreamPlace } from './event-streams.js';
import { followJob } from './follow-job.js';
import { isOver, jobVersion, toJobAnswer } from './job-answer.js';
import { jobRequest } from './job-request.js';
import { SignedLinks } from './signed-link.js';

const HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'private, no-store' };
const LOOK_EVERY_MS = 1_000;
const HEARTBEAT_MS = 15_000;
/** A reader that has not taken so many bytes is gone, whatever its connection says. */
const MOST_UNREAD_BYTES = 262_144;

/** Tells of a job as it moves (SPEC X3). */
@Controller('api/v1/exports/:id/events')
export class ExportEventsController {
  constructor(
    private readonly services: ServiceClient,
    private readonly links: SignedLinks,
    private readonly streams: EventStreams,
    private readonly verifier: TokenVerifier,
  ) {}

  /** Answers HEAD too: Fastify routes it here. */
  @Get()
  async follow(
    @Req() request: EdgeRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const message = jobRequest(request, id);
    const place = this.streams.take(message.principal.clientId);
    try {
      const first = await this.services.ask(request, reply, exportGet, message);
      const seen = headerOf(request, 'last-event-id');
      // The one answer that keeps a browser's EventSource from coming again.
      if (isOver(first) && seen === jobVersion(first)) await reply.code(204).send();
      else if (request.method === 'HEAD') await reply.headers(HEADERS).send(Readable.from([]));
      else await this.stream(request, reply, { first, seen, place, id });
    } finally {
      place.release();
    }
  }

  /** Resolves when the stream has ended, whoever ended it. */
  private async stream(
    request: EdgeRequest,
    reply: FastifyReply,
    { first, seen, place, id }: { first: ExportJob; seen: string | null; place: StreamPlace; id: string },
  ): Promise<void> {
    const out = new PassThrough();
    const left = new AbortController();
    const leave = (): void => {
      left.abort();
    };
    // Either may close first; an error of a socket that went away is told by its close.
    out.on('error', leave).on('close', leave);
    reply.raw.once('close', leave);
    if (reply.raw.destroyed) return;
    void reply.headers(HEADERS).send(out);
    await followJob(first, seen, {
      look: () => this.lookAgain(request, reply, id),
      text: (job) => JSON.stringify(toJobAnswer(job, this.links)),
      write: (event) => {
        if (out.writableLength + reply.raw.writableLength > MOST_UNREAD_BYTES) reply.raw.destroy();
        else out.write(event);
      },
      signal: AbortSignal.any([left.signal, place.signal]),
      everyMs: LOOK_EVERY_MS,
      heartbeatMs: HEARTBEAT_MS,
    });
    out.end();
  }

  /** The token is verified anew each time: a stream does not outlive it, nor its client. */
  private async lookAgain(request: EdgeRequest, reply: FastifyReply, id: string): Promise<ExportJob> {
    request.principal = await this.verifier.verify(bearerOf(request.headers.authorization) ?? '');
    return this.services.ask(request, reply, exportGet, { ...jobRequest(request, id), again: true });
  }
}
