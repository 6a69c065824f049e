import {
  Client,
  credentials as channelCredentials,
  loadPackageDefinition,
  Metadata,
  status,
  type CallOptions,
  type ChannelCredentials,
  type ChannelOptions,
  type ClientReadableStream,
  type ServiceClientConstructor,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { PROTO_FILES, PROTO_FOLDER } from '@sluice/contracts';

const loaded = loadPackageDefinition(
  loadSync([...PROTO_FILES, 'grpc/health/v1/health.proto'], {
    includeDirs: [PROTO_FOLDER],
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  }),
);

/** Every service that the gateway has, by its full name. */
export const SERVICES: Readonly<Record<string, ServiceDefinition>> = Object.fromEntries(
  ['sluice.v1.QueryService', 'sluice.v1.ExportService', 'grpc.health.v1.Health'].map((name) => {
    const made = name.split('.').reduce((found, part) => (found as never)[part], loaded as unknown);
    return [name, (made as ServiceClientConstructor).service];
  }),
);

type Message = Readonly<Record<string, unknown>>;

/** What came of a call. */
export interface Told<T> {
  /** Null when it was refused. */
  readonly reply: T | null;
  readonly code: status;
  readonly details: string;
  /** First value of what came before the answer, and after it. */
  readonly headers: Readonly<Record<string, string>>;
  readonly trailers: Readonly<Record<string, string>>;
  /** The problem document of a refusal. */
  readonly problem: Readonly<Record<string, unknown>> | null;
}

export interface Asked {
  readonly token?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly options?: CallOptions;
}

/** Calls methods of the protos by name. */
export class GrpcClient {
  private readonly client: Client;

  constructor(
    address: string,
    credentials: ChannelCredentials = channelCredentials.createInsecure(),
    options: ChannelOptions = {},
  ) {
    this.client = new Client(address, credentials, {
      // A proxy of the environment is none of the tests' business, nor are the sockets of other tests.
      'grpc.enable_http_proxy': 0,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': -1,
      ...options,
    });
  }

  async ask<T = Message>(method: string, request: Message, asked: Asked = {}): Promise<Told<T>> {
    const definition = definitionOf(method);
    const headers: Metadata[] = [];
    const told = { headers: {}, trailers: {}, problem: null, details: '' };
    try {
      let trailers = new Metadata();
      const reply = await new Promise<T>((resolve, reject) => {
        this.client
          .makeUnaryRequest(
            definition.path,
            definition.requestSerialize,
            definition.responseDeserialize,
            request,
            metadataOf(asked),
            asked.options ?? {},
            (error, value) => (error === null ? resolve(value as T) : reject(error)),
          )
          .on('metadata', (metadata) => headers.push(metadata))
          .on('status', ({ metadata }) => (trailers = metadata));
      });
      const before = textsOf(headers[0] ?? new Metadata());
      return { ...told, reply, code: status.OK, headers: before, trailers: textsOf(trailers) };
    } catch (error) {
      return { ...refusalIn<T>(error as ServiceError), headers: textsOf(headers[0] ?? new Metadata()) };
    }
  }

  stream<T = Message>(method: string, request: Message, asked: Asked = {}): ClientReadableStream<T> {
    const { path, requestSerialize, responseDeserialize } = definitionOf(method);
    return this.client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadataOf(asked),
      asked.options ?? {},
    ) as ClientReadableStream<T>;
  }

  close(): void {
    this.client.close();
  }
}

/** All messages of a stream, and how it ended. */
export async function readAll<T>(
  stream: ClientReadableStream<T>,
): Promise<{ readonly messages: readonly T[]; readonly end: Told<never> | null }> {
  const messages: T[] = [];
  try {
    for await (const message of stream) messages.push(message as T);
    return { messages, end: null };
  } catch (error) {
    return { messages, end: refusalIn<never>(error as ServiceError) };
  }
}

export function refusalIn<T>({ code, details, metadata }: ServiceError): Told<T> {
  const [problem] = metadata.get('sluice-problem-bin');
  return {
    reply: null,
    code,
    details,
    headers: {},
    trailers: textsOf(metadata),
    problem:
      problem === undefined ? null : (JSON.parse(problem.toString()) as Readonly<Record<string, unknown>>),
  };
}

function definitionOf(method: string) {
  const [service = '', name = ''] = method.split('/');
  const full = service.includes('.') ? service : `sluice.v1.${service}`;
  const definition = SERVICES[full]?.[name];
  if (definition === undefined) throw new Error(`There is no method ${method}.`);
  return definition;
}

function metadataOf({ token = null, metadata = {} }: Asked): Metadata {
  const made = new Metadata();
  if (token !== null) made.set('authorization', `Bearer ${token}`);
  for (const [name, value] of Object.entries(metadata)) made.set(name, value);
  return made;
}

function textsOf(metadata: Metadata): Readonly<Record<string, string>> {
  const names = Object.keys(metadata.getMap());
  return Object.fromEntries(names.map((name) => [name, String(metadata.get(name)[0])]));
}
