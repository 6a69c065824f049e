import { Server, type ChannelOptions, type ServerCredentials, type ServerInterceptor } from '@grpc/grpc-js';
import { ServerGrpc } from '@nestjs/microservices';
import { PROTO_FILES, PROTO_FOLDER } from '@sluice/contracts';
import { PlainError } from '@sluice/service-kit';
import { LONGEST_STREAM_MS } from './query-pages.js';

/** A message has the body and a few fields beside it. */
const BESIDE_BODY = 65_536;
/** Between the last moment for answers and that for connections, in ms. */
const LAST_WORDS_MS = 500;

export interface TransportOptions {
  readonly host: string;
  readonly port: number;
  readonly credentials: ServerCredentials;
  readonly interceptors: readonly ServerInterceptor[];
  /** Largest query or export definition, in bytes. */
  readonly bodyLimit: number;
}

/** Nest's gRPC server, but it serves before it listens, knows its port, has bounds, and drains. */
export class GrpcTransport extends ServerGrpc {
  /** Once it listens; differs from the asked one when that was 0. */
  port = 0;
  private readonly server: Server;

  constructor(private readonly settings: TransportOptions) {
    super({
      package: ['sluice.v1', 'grpc.health.v1'],
      protoPath: [...PROTO_FILES, 'grpc/health/v1/health.proto'],
      loader: { includeDirs: [PROTO_FOLDER], longs: String, enums: String, defaults: true, oneofs: true },
    });
    this.server = new Server({
      ...boundsOf(settings.bodyLimit),
      interceptors: [...settings.interceptors],
    });
  }

  override createClient(): Promise<Server> {
    return Promise.resolve(this.server);
  }

  /** @throws PlainError when it cannot listen */
  override async start(callback?: () => void): Promise<void> {
    await this.bindEvents();
    const { host, port, credentials } = this.settings;
    const address = `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
    this.port = await new Promise((resolve, reject) => {
      this.server.bindAsync(address, credentials, (error, bound) => {
        if (error === null) resolve(bound);
        else reject(new PlainError(`gRPC cannot listen on ${address}: ${error.message}`, { cause: error }));
      });
    });
    callback?.();
  }

  /**
   * Takes no new call and lets those that run finish.
   *
   * @param cut is called shortly before the end, for what has not finished to say so
   */
  async drain(graceMs: number, cut: () => void): Promise<void> {
    const lastWords = setTimeout(cut, Math.max(0, graceMs - LAST_WORDS_MS));
    const end = setTimeout(() => {
      this.server.forceShutdown();
    }, graceMs);
    try {
      await new Promise<void>((resolve) => {
        this.server.tryShutdown(() => {
          resolve();
        });
      });
    } finally {
      clearTimeout(lastWords);
      clearTimeout(end);
    }
  }
}

function boundsOf(bodyLimit: number): ChannelOptions {
  return {
    'grpc.max_receive_message_length': bodyLimit + BESIDE_BODY,
    // On one connection.
    'grpc.max_concurrent_streams': 100,
    // A peer that is gone without a word is noticed within 80 s.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc.max_connection_idle_ms': 300_000,
    // Certificates are looked at when a connection is made; no stream lasts longer than the grace.
    'grpc.max_connection_age_ms': 3_600_000,
    'grpc.max_connection_age_grace_ms': LONGEST_STREAM_MS,
    // Its statistics of each call would be kept for nobody.
    'grpc.enable_channelz': 0,
  };
}
