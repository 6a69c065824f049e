import { randomUUID } from 'node:crypto';
import { type Metadata, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  exportCancel,
  exportGet,
  exportList,
  exportSubmit,
  SluiceError,
  type ExportJob,
  type JobRequest,
} from '@sluice/contracts';
import { type Observable } from 'rxjs';
import { EventStreams } from '../exports/event-streams.js';
import { checkedIdempotencyKey } from '../exports/idempotency-key.js';
import { isOver, jobVersion, toJobAnswer } from '../exports/job-answer.js';
import { checkedJobId } from '../exports/job-request.js';
import { ListCursors } from '../exports/list-cursor.js';
import { readListRequest } from '../exports/list-request.js';
import { SignedLinks } from '../exports/signed-link.js';
import { watchJob } from '../exports/watch-job.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { type Asking } from './asking.js';
import { Calls } from './calls.js';
import {
  stateParameter,
  toJobMessage,
  type ExportJobMessage,
  type FollowExportRequest,
  type JobIdRequest,
  type ListExportsRequest,
  type SubmitExportRequest,
} from './export-messages.js';
import { readBytes } from './query-bytes.js';

const SERVICE = 'ExportService';
const LOOK_EVERY_MS = 1_000;

type Unary = ServerUnaryCall<unknown, unknown>;

/** What job messages are made with, and what follows of jobs are bounded by: the same as over HTTP. */
export class ExportParts {
  constructor(
    readonly links: SignedLinks,
    readonly cursors: ListCursors,
    readonly streams: EventStreams,
  ) {}
}

/** Export jobs over gRPC. Who may do what is decided in the orchestrator. */
@Controller()
export class GrpcExportController {
  constructor(
    private readonly calls: Calls,
    private readonly parts: ExportParts,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @GrpcMethod(SERVICE, 'Submit')
  submit(request: SubmitExportRequest, _: Metadata, call: Unary): Promise<object> {
    return this.calls.answer(call, async (asking) => {
      const { definition, idempotencyKey } = request;
      const { job, created } = await asking.ask(exportSubmit, {
        ...asking.caller,
        body: readBytes(definition, this.config.bodyLimit),
        idempotencyKey: checkedIdempotencyKey(idempotencyKey === '' ? null : idempotencyKey),
        submissionId: randomUUID(),
      });
      return { job: this.messageOf(job), created };
    });
  }

  @GrpcMethod(SERVICE, 'Get')
  get({ jobId }: JobIdRequest, _: Metadata, call: Unary): Promise<ExportJobMessage> {
    return this.calls.answer(call, async (asking) =>
      this.messageOf(await asking.ask(exportGet, jobRequest(asking, jobId))),
    );
  }

  @GrpcMethod(SERVICE, 'Cancel')
  cancel({ jobId }: JobIdRequest, _: Metadata, call: Unary): Promise<ExportJobMessage> {
    return this.calls.answer(call, async (asking) =>
      this.messageOf(await asking.ask(exportCancel, jobRequest(asking, jobId))),
    );
  }

  @GrpcMethod(SERVICE, 'List')
  list(request: ListExportsRequest, _: Metadata, call: Unary): Promise<object> {
    return this.calls.answer(call, async (asking) => {
      const { cursors } = this.parts;
      const { state, limit, after } = readListRequest(`?${parametersOf(request).toString()}`);
      const listed = { principal: asking.caller.principal, state };
      const position = after === null ? null : cursors.open(after, listed);
      const asked = { ...asking.caller, state, limit, after: position };
      const { jobs, next } = await asking.ask(exportList, asked);
      return {
        jobs: jobs.map((job) => this.messageOf(job)),
        hasMore: next !== null,
        ...(next !== null && { nextCursor: cursors.seal(next, listed) }),
      };
    });
  }

  @GrpcMethod(SERVICE, 'Follow')
  follow(
    { jobId, afterVersion }: FollowExportRequest,
    _: Metadata,
    call: ServerWritableStream<unknown, ExportJobMessage>,
  ): Promise<Observable<never>> {
    return this.calls.stream<ExportJobMessage>(call, async (asking, writer) => {
      const request = jobRequest(asking, jobId);
      const place = this.parts.streams.take(request.principal.clientId);
      try {
        const first = await asking.ask(exportGet, request);
        const seen = afterVersion === '' ? null : afterVersion;
        await this.tell(asking, writer(place.signal), { first, seen, ends: place.signal });
      } finally {
        place.release();
      }
    });
  }

  /** Resolves when the job is over and its last state is on its way. */
  private async tell(
    asking: Asking,
    write: (message: ExportJobMessage) => Promise<void>,
    { first, seen, ends }: { first: ExportJob; seen: string | null; ends: AbortSignal },
  ): Promise<void> {
    const watching = {
      // Who follows is looked at anew each time: a stream does not outlive its token, nor its client.
      look: async () => {
        await asking.identify();
        return asking.ask(exportGet, { ...jobRequest(asking, first.jobId), again: true });
      },
      signal: AbortSignal.any([asking.signal, ends]),
      everyMs: LOOK_EVERY_MS,
    };
    let job = first;
    for await (const moment of watchJob(first, seen, watching)) {
      if (moment.kind === 'refused') throw moment.error;
      if (moment.kind === 'waiting') continue;
      job = moment.job;
      await write(this.messageOf(job)).catch(endedBy(ends));
    }
    if (!isOver(job)) throw goOn();
  }

  private messageOf(job: ExportJob): ExportJobMessage {
    return toJobMessage(toJobAnswer(job, this.parts.links), jobVersion(job));
  }
}

function jobRequest(asking: Asking, jobId: string): JobRequest {
  asking.about(jobId);
  return { ...asking.caller, jobId: checkedJobId(jobId) };
}

/** A list is asked for in the words of HTTP, so that both have the same rules. */
function parametersOf({ state, limit, after }: ListExportsRequest): URLSearchParams {
  const parameters = new URLSearchParams();
  const wanted = stateParameter(state);
  if (wanted !== undefined) parameters.set('state', wanted);
  if (limit !== 0) parameters.set('limit', String(limit));
  if (after !== '') parameters.set('after', after);
  return parameters;
}

function endedBy(ends: AbortSignal): (error: unknown) => never {
  return (error) => {
    throw ends.aborted ? goOn() : error;
  };
}

function goOn(): SluiceError {
  const message = 'The job cannot be followed here any longer: follow it again from the last version.';
  return new SluiceError('unavailable', message, { retryAfter: 1 });
}
