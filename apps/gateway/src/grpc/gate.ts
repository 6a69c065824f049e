import {
  ServerInterceptingCall,
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { type Principal } from '@sluice/contracts';
import { type Logger } from '@sluice/service-kit';
import { type RateLimits } from '../rate-limit/rate-limits.js';
import { observeCall, type CallEnd } from './call-observer.js';
import { type CallerIdentity } from './caller-identity.js';
import { openCall, type EdgeCall } from './edge-call.js';
import { type Refusals } from './refusals.js';

/** What probes ask, without saying who they are. */
const PUBLIC = '/grpc.health.v1.Health/';

export interface GateParts {
  readonly identity: CallerIdentity;
  readonly limits: RateLimits;
  readonly refusals: Refusals;
  readonly logger: Logger;
}

/**
 * The one gate, before every method of every service but the health check: who it is, then whether there was too much of it. It stands before
 * the message is read, so that a stranger's takes no memory.
 */
export class Gate {
  constructor(private readonly parts: GateParts) {}

  readonly interceptor: ServerInterceptor = ({ path }, call) =>
    path.startsWith(PUBLIC) ? new ServerInterceptingCall(call) : this.guarded(path, call);

  /**
   * Lets a call in, or one more page of it.
   *
   * @throws what `identify` throws, and SluiceError `rate-limited`
   */
  async admit(edge: EdgeCall): Promise<void> {
    const { clientId } = await this.identify(edge);
    const { clients } = this.parts.limits;
    if (clients === null) return;
    const { headers, refusal } = await clients.spend(clientId);
    edge.headers = headers;
    if (refusal !== null) throw refusal;
  }

  /** @throws SluiceError `unauthenticated`, `tenant-required`, `role-required`, `claim-required`, `unavailable` */
  async identify(edge: EdgeCall): Promise<Principal> {
    // Whatever a service was asked before: what is refused here is ours to record.
    edge.forwarded = false;
    edge.principal = await this.parts.identity.identify(edge.shown);
    return edge.principal;
  }

  private guarded(path: string, call: ServerInterceptingCallInterface): ServerInterceptingCall {
    let edge: EdgeCall | undefined;
    let end: CallEnd | undefined;
    const guarded: ServerInterceptingCall = new ServerInterceptingCall(call, {
      start: (next) => {
        next({
          onReceiveMetadata: (metadata, letIn) => {
            edge = openCall(path, metadata, call);
            end = observeCall(edge, this.parts.logger);
            void this.admitOrRefuse(edge, guarded, () => {
              letIn(metadata);
            });
          },
          onCancel: () => end?.(null),
        });
      },
      sendMetadata: (metadata, next) => {
        if (edge !== undefined) tell(edge, metadata);
        next(metadata);
      },
      sendStatus: (status, next) => {
        end?.(status.code ?? null);
        next(status);
      },
    });
    return guarded;
  }

  private async admitOrRefuse(
    edge: EdgeCall,
    call: ServerInterceptingCall,
    letIn: () => void,
  ): Promise<void> {
    try {
      await this.admit(edge);
    } catch (error) {
      call.sendStatus(await this.parts.refusals.refuse(edge, error));
      return;
    }
    letIn();
  }
}

function tell({ headers, origin }: EdgeCall, metadata: Metadata): void {
  metadata.set('sluice-request-id', origin.requestId);
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
}
