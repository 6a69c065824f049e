import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { SluiceError, type AuditRecord, type AuditSink, type RpcDefinition } from '@sluice/contracts';
import { type MessageBus, type RequestOptions } from '@sluice/messaging';
import { type ByteRange, type ObjectStore } from '@sluice/object-store';
import { type DataSource } from 'typeorm';
import {
  DEFAULT_BODY_LIMIT,
  DEFAULT_CLAIMS,
  DEFAULT_QUERY_TIMEOUT_SECONDS,
  DEFAULT_TIMEOUTS,
  startGateway,
  type GatewayConfig,
  type RunningGateway,
} from '../src/index.js';
import { TestIssuer } from './test-issuer.js';

type Answer = (message: never, options: RequestOptions) => unknown;

/** Answers RPCs as the test says, and remembers what was asked. */
export class StubBus implements MessageBus {
  readonly asked: { readonly name: string; readonly message: unknown; readonly signal: AbortSignal }[] = [];
  private readonly answers = new Map<string, Answer>();
  /** What becomes of an RPC that the test has not named. */
  otherwise: Answer = () => {
    throw new SluiceError('unavailable', 'Nobody serves this.');
  };

  on<Req, Res>(
    rpc: RpcDefinition<Req, Res>,
    answer: (message: Req, options: RequestOptions) => Res | Promise<Res>,
  ): void {
    this.answers.set(rpc.name, answer as Answer);
  }

  reset(): void {
    this.asked.length = 0;
    this.answers.clear();
  }

  async request<Req, Res>(
    rpc: RpcDefinition<Req, Res>,
    message: Req,
    options: RequestOptions = {},
  ): Promise<Res> {
    this.asked.push({ name: rpc.name, message, signal: options.signal ?? new AbortController().signal });
    const answer = this.answers.get(rpc.name) ?? this.otherwise;
    return (await answer(message as never, options)) as Res;
  }

  publish = unused;
  handle = unused;
  subscribe = unused;
  close = (): Promise<void> => Promise.resolve();
}

/** Keeps what it is told; fails when asked to. */
export class StubAudit implements AuditSink {
  readonly records: AuditRecord[] = [];
  failing = false;

  record(record: AuditRecord): Promise<void> {
    if (this.failing) return Promise.reject(new Error('the disk is full'));
    this.records.push(record);
    return Promise.resolve();
  }
}

/** Holds files in memory and knows which streams are still open. */
export class StubStore implements ObjectStore {
  readonly files = new Map<string, Buffer>();
  readonly streams: Readable[] = [];
  /** Makes a stream of the bytes; replaced to make one that fails. */
  makeStream = (bytes: Buffer): Readable => Readable.from([bytes]);

  read(key: string, range?: ByteRange): Promise<Readable> {
    const file = this.files.get(key);
    if (file === undefined)
      return Promise.reject(new SluiceError('export-not-found', 'There is no such export.'));
    const stream = this.makeStream(range === undefined ? file : file.subarray(range.start, range.end + 1));
    this.streams.push(stream);
    return Promise.resolve(stream);
  }

  stage = unused;
  delete = unused;
}

function unused(): Promise<never> {
  return Promise.reject(new Error('not used by the gateway'));
}

export interface Harness {
  readonly gateway: RunningGateway;
  readonly config: GatewayConfig;
  readonly bus: StubBus;
  readonly audit: StubAudit;
  readonly store: StubStore;
  readonly issuer: TestIssuer;
  readonly url: string;
  /** Sends a request with a bearer token of this role, unless the headers hold another. */
  ask(path: string, init?: RequestInit & { readonly role?: string | null }): Promise<Response>;
  stop(): Promise<void>;
}

export interface HarnessOptions {
  /** Uses the built-in issuer over this database; else tokens come from a test issuer. */
  readonly dataSource?: DataSource;
  readonly config?: Partial<GatewayConfig>;
  readonly ready?: () => Promise<readonly string[]>;
  /** In place of the stub, which then hears nothing. */
  readonly bus?: MessageBus;
}

export const SECRET = 'a secret for tests of 32 letters';
export const PUBLIC_URL = 'http://sluice.test';

/** Runs a real gateway on a free port; only what stands behind its ports is made up. */
export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-gateway-'));
  const issuer = await TestIssuer.start();
  const audience = `${PUBLIC_URL}/api`;
  const config: GatewayConfig = {
    host: '127.0.0.1',
    port: 0,
    publicUrl: PUBLIC_URL,
    secret: SECRET,
    logLevel: 'silent',
    trustedProxies: [],
    bodyLimit: DEFAULT_BODY_LIMIT,
    timeouts: DEFAULT_TIMEOUTS,
    claims: DEFAULT_CLAIMS,
    // Tests ask more than any client may; those of the limits turn them on.
    rateLimits: { perMinute: 0, failuresPerMinute: 0, redisUrl: null },
    grpc: null,
    queryTimeoutMs: DEFAULT_QUERY_TIMEOUT_SECONDS * 1_000,
    issuer:
      options.dataSource === undefined
        ? { kind: 'external', audience, issuer: issuer.issuer, jwksUrl: issuer.jwksUrl }
        : { kind: 'built-in', audience, keysFile: join(folder, 'keys.json') },
    ...options.config,
  };
  const parts = { bus: new StubBus(), audit: new StubAudit(), store: new StubStore() };
  const dataSource = options.dataSource ?? (undefined as unknown as DataSource);
  const ready = options.ready === undefined ? {} : { ready: options.ready };
  const gateway = await startGateway(config, {
    ...parts,
    bus: options.bus ?? parts.bus,
    dataSource,
    ...ready,
  }).catch(async (error: unknown) => {
    await issuer.stop();
    throw error;
  });
  const url = `http://127.0.0.1:${String(gateway.port)}`;
  return {
    gateway,
    config,
    ...parts,
    issuer,
    url,
    ask: async (path, { role = 'exporter', ...init } = {}) => {
      const headers = new Headers(init.headers);
      if (role !== null && !headers.has('authorization')) {
        headers.set('authorization', `Bearer ${await issuer.token({ roles: [role] })}`);
      }
      return fetch(url + path, { ...init, headers });
    },
    stop: async () => {
      await gateway.close(1_000);
      await issuer.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
