import { type Metadata, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  datasetsDescribe,
  datasetsList,
  queryExplain,
  queryRun,
  SluiceError,
  type DatasetSummary,
  type PageForm,
  type QueryAnswer,
} from '@sluice/contracts';
import { type Observable } from 'rxjs';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { type Asking } from './asking.js';
import { Calls } from './calls.js';
import { PageStreams } from './page-streams.js';
import { readBytes } from './query-bytes.js';
import {
  bodyOfAnswer,
  pageFormOf,
  toDatasetMessage,
  toFactsMessage,
  type QueryPage,
  type QueryPagesRequest,
  type QueryReply,
  type QueryRequest,
} from './query-messages.js';
import { factsOf, MOST_PAGES, walkPages } from './query-pages.js';

const SERVICE = 'QueryService';
/** The longest that any query may run (SPEC Q11). */
const LONGEST_QUERY_MS = 300_000;

type Unary = ServerUnaryCall<unknown, unknown>;

/** Queries over gRPC: the same requests to the same services as over HTTP, and the same bytes for an answer. */
@Controller()
export class GrpcQueryController {
  constructor(
    private readonly calls: Calls,
    private readonly streams: PageStreams,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @GrpcMethod(SERVICE, 'Query')
  query(request: QueryRequest, _: Metadata, call: Unary): Promise<QueryReply> {
    return this.calls.answer(call, async (asking) => {
      const { ifNoneMatch, noCache } = request;
      const answer = await this.run(asking, {
        query: this.read(request.query),
        form: formOf(request.form),
        ifNoneMatch: ifNoneMatch === '' ? null : ifNoneMatch,
        noCache,
      });
      const { status, etag, contentType } = answer;
      if (status === 304) return { notModified: true, etag };
      const facts = toFactsMessage(factsOf(answer));
      return { notModified: false, etag, contentType, body: bodyOfAnswer(answer), facts };
    });
  }

  @GrpcMethod(SERVICE, 'QueryPages')
  queryPages(
    request: QueryPagesRequest,
    _: Metadata,
    call: ServerWritableStream<unknown, QueryPage>,
  ): Promise<Observable<never>> {
    return this.calls.stream<QueryPage>(call, async (asking, writer) => {
      const { noCache, maxPages } = request;
      const [query, form] = [this.read(request.query), formOf(request.form)];
      await this.streams.hold(asking.caller.principal.clientId, async (until) => {
        const write = writer(until);
        await walkPages({
          query,
          maxPages: maxPages === 0 ? MOST_PAGES : Math.min(maxPages, MOST_PAGES),
          ask: (asked) => this.run(asking, { query: asked, form, ifNoneMatch: null, noCache }, until),
          renew: () => {
            until.throwIfAborted();
            return asking.renew();
          },
          write: ({ number, answer, facts }) =>
            write({
              number,
              body: bodyOfAnswer(answer),
              contentType: answer.contentType,
              facts: toFactsMessage(facts),
            }),
        });
      });
    });
  }

  @GrpcMethod(SERVICE, 'Explain')
  explain(
    request: Pick<QueryRequest, 'query'>,
    _: Metadata,
    call: Unary,
  ): Promise<{ readonly explanation: Buffer }> {
    return this.calls.answer(call, async (asking) => {
      const explained = await asking.ask(queryExplain, { ...asking.caller, body: this.read(request.query) });
      return { explanation: Buffer.from(JSON.stringify(explained)) };
    });
  }

  @GrpcMethod(SERVICE, 'ListDatasets')
  listDatasets(
    _request: object,
    _: Metadata,
    call: Unary,
  ): Promise<{ readonly datasets: readonly DatasetSummary[] }> {
    return this.calls.answer(call, async (asking) => {
      const { principal } = asking.caller;
      return { datasets: await asking.ask(datasetsList, { principal }) };
    });
  }

  @GrpcMethod(SERVICE, 'DescribeDataset')
  describeDataset({ name }: { readonly name: string }, _: Metadata, call: Unary): Promise<object> {
    return this.calls.answer(call, async (asking) => {
      const { principal } = asking.caller;
      return toDatasetMessage(await asking.ask(datasetsDescribe, { principal, name }));
    });
  }

  /** The caller's deadline travels on: a query whose answer would come too late is stopped. */
  private run(
    asking: Asking,
    { query, ...asked }: { query: unknown; form: PageForm; ifNoneMatch: string | null; noCache: boolean },
    until?: AbortSignal,
  ): Promise<QueryAnswer> {
    const { msLeft } = asking;
    const message = {
      ...asking.caller,
      ...asked,
      body: query,
      ...(msLeft !== null && { timeoutMs: Math.min(msLeft, LONGEST_QUERY_MS) }),
    };
    return asking.ask(queryRun, message, until);
  }

  private read(query: Buffer): unknown {
    return readBytes(query, this.config.bodyLimit);
  }
}

function formOf(name: unknown): PageForm {
  const form = pageFormOf(name);
  if (form === undefined)
    throw new SluiceError('invalid-request', 'The form of a page is not one of PageForm.');
  return form;
}
