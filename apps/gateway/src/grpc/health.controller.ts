import { type Metadata, type ServerUnaryCall, type ServerWritableStream, status } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod, RpcException } from '@nestjs/microservices';
import { type Observable } from 'rxjs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Readiness } from '../operation/readiness.js';
import { writerOf } from './write-message.js';

export const DRAINING = Symbol('Draining');

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
interface HealthRequest {
  readonly service: string;
}

const SERVICE = 'Health';
const KNOWN = ['', 'sluice.v1.QueryService', 'sluice.v1.ExportService'];
const LOOK_EVERY_MS = 1_000;
/** Whoever asks need not say who it is, so the watchers are few. */
const MOST_WATCHERS = 100;

/** What `/readyz` says, as gRPC's own clients ask for it. */
@Controller()
export class HealthController {
  private watchers = 0;

  constructor(
    private readonly readiness: Readiness,
    @Inject(DRAINING) private readonly draining: AbortSignal,
  ) {}

  @GrpcMethod(SERVICE, 'Check')
  async check(
    { service }: HealthRequest,
    _: Metadata,
    _call: ServerUnaryCall<unknown, unknown>,
  ): Promise<{ readonly status: ServingStatus }> {
    if (!KNOWN.includes(service)) {
      throw new RpcException({ code: status.NOT_FOUND, details: 'There is no such service.' });
    }
    return { status: await this.statusOf(service) };
  }

  @GrpcMethod(SERVICE, 'Watch')
  async watch(
    { service }: HealthRequest,
    _: Metadata,
    call: ServerWritableStream<unknown, { readonly status: ServingStatus }>,
  ): Promise<Observable<never>> {
    if (this.watchers >= MOST_WATCHERS) {
      throw new RpcException({ code: status.RESOURCE_EXHAUSTED, details: 'Too many watch already.' });
    }
    this.watchers += 1;
    try {
      await this.tell(service, call);
    } finally {
      this.watchers -= 1;
    }
    throw new RpcException({ code: status.UNAVAILABLE, details: 'The gateway is shutting down.' });
  }

  /** Resolves when the watcher has left, or has been told that the gateway drains. */
  private async tell(
    service: string,
    call: ServerWritableStream<unknown, { readonly status: ServingStatus }>,
  ): Promise<void> {
    const left = new AbortController();
    call.once('cancelled', () => {
      left.abort();
    });
    if (call.cancelled) return;
    const signal = AbortSignal.any([left.signal, this.draining]);
    const write = writerOf(call, left.signal);
    for (let told: ServingStatus | null = null; !left.signal.aborted;) {
      const now = await this.statusOf(service);
      if (now !== told) await write({ status: now }).catch(() => undefined);
      told = now;
      if (this.draining.aborted) return;
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async statusOf(service: string): Promise<ServingStatus> {
    if (!KNOWN.includes(service)) return 'SERVICE_UNKNOWN';
    return (await this.readiness.notReady()).length === 0 ? 'SERVING' : 'NOT_SERVING';
  }
}
