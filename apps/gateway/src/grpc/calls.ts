import { type Metadata, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { RpcException } from '@nestjs/microservices';
import { SluiceError } from '@sluice/contracts';
import { type MessageBus } from '@sluice/messaging';
import { EMPTY, type Observable } from 'rxjs';
import { Asking, type AskingCall } from './asking.js';
import { edgeCallOf } from './edge-call.js';
import { type Gate } from './gate.js';
import { type Refusals } from './refusals.js';
import { writerOf, type Write } from './write-message.js';

/** What every handler does around its own work. */
export class Calls {
  constructor(
    private readonly bus: MessageBus,
    private readonly gate: Gate,
    private readonly refusals: Refusals,
    /** Fires when the time of draining is up: what runs then ends with `unavailable`. */
    private readonly cut: AbortSignal,
  ) {}

  /** @throws RpcException, which the library turns into the call's status */
  async answer<T>(call: ServerUnaryCall<unknown, unknown>, work: (asking: Asking) => Promise<T>): Promise<T> {
    return this.settle(call, work);
  }

  /** Sends what the work writes, one message at a time. The framework ends the stream after it, with the error or with OK. */
  async stream<T>(
    call: ServerWritableStream<unknown, T>,
    work: (asking: Asking, write: (until: AbortSignal) => Write<T>) => Promise<void>,
  ): Promise<Observable<never>> {
    await this.settle(call, (asking) =>
      work(asking, (until) => writerOf(call, AbortSignal.any([asking.signal, until]))),
    );
    return EMPTY;
  }

  private async settle<T>(
    call: AskingCall & { readonly metadata: Metadata },
    work: (asking: Asking) => Promise<T>,
  ): Promise<T> {
    const edge = edgeCallOf(call.metadata);
    const asking = new Asking(this.bus, edge, call, this.gate, this.cut);
    try {
      return await work(asking);
    } catch (error) {
      throw new RpcException(
        await this.refusals.refuse(edge, this.cut.aborted ? shuttingDown(error) : error),
      );
    }
  }
}

function shuttingDown(cause: unknown): SluiceError {
  return new SluiceError('unavailable', 'The gateway is shutting down.', { retryAfter: 1 }, { cause });
}
