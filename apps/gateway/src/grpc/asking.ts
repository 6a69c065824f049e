import { SluiceError, type Origin, type Principal, type RpcDefinition } from '@sluice/contracts';
import { type MessageBus } from '@sluice/messaging';
import { type EdgeCall } from './edge-call.js';

/** What is used of a call of the library. */
export interface AskingCall {
  readonly cancelled: boolean;
  once(event: 'cancelled', listener: () => void): unknown;
  /** When the caller waits no longer; `Infinity` when it has not said. */
  getDeadline(): Date | number;
}

/** Looks at the caller again: who it is, and with `admit` its quota too. */
export interface Looks {
  identify(edge: EdgeCall): Promise<unknown>;
  admit(edge: EdgeCall): Promise<void>;
}

/** Asks the services on behalf of a call: a caller that goes away, or whose deadline passes, takes the question back. */
export class Asking {
  readonly signal: AbortSignal;

  constructor(
    private readonly bus: MessageBus,
    private readonly edge: EdgeCall,
    private readonly call: AskingCall,
    private readonly gate: Looks,
    cut: AbortSignal,
  ) {
    const left = new AbortController();
    const leave = (): void => {
      left.abort(new SluiceError('query-canceled', 'The caller went away before the answer came.'));
    };
    call.once('cancelled', leave);
    if (call.cancelled) leave();
    this.signal = AbortSignal.any([left.signal, cut]);
  }

  /** Looks at caller and quota again, as for a call of its own. */
  renew(): Promise<void> {
    return this.gate.admit(this.edge);
  }

  /** Looks at the caller alone again. */
  async identify(): Promise<void> {
    await this.gate.identify(this.edge);
  }

  /** Who asks, and from where, for the service's own checks and records. */
  get caller(): { readonly principal: Principal; readonly origin: Origin } {
    const { principal, origin } = this.edge;
    if (principal === undefined) throw new Error('The call did not pass the gate.');
    return { principal, origin };
  }

  /** The job that the call is about, as the caller wrote it. */
  about(jobId: string): void {
    this.edge.jobId = jobId;
  }

  /** Until the caller's deadline, in whole ms; null when it has none. */
  get msLeft(): number | null {
    const deadline = Number(this.call.getDeadline());
    return Number.isFinite(deadline) ? Math.max(1, Math.ceil(deadline - Date.now())) : null;
  }

  /**
   * @param until ends the wait too
   * @throws the service's SluiceError, `rpc-timeout` past the deadline or the definition's time, `unavailable` when nobody serves it
   */
  async ask<Req, Res>(rpc: RpcDefinition<Req, Res>, message: Req, until?: AbortSignal): Promise<Res> {
    const { msLeft } = this;
    this.edge.forwarded = true;
    const answer = await this.bus.request(rpc, message, {
      signal: until === undefined ? this.signal : AbortSignal.any([this.signal, until]),
      ...(msLeft !== null && { timeoutMs: Math.min(msLeft, rpc.timeoutMs) }),
    });
    this.edge.forwarded = false;
    return answer;
  }
}
