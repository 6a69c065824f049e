import { SluiceError } from '@sluice/contracts';
import { busIsClosed, BusObserver, callerLeft, isFault, lineIsFull, nobodyServes } from '../faults.js';
import { RequestContext } from '../message-bus.js';
import { detach } from '../plain-data.js';
import { PendingCall } from '../pending-call.js';

export type RequestHandler = (message: unknown, context: RequestContext) => Promise<unknown>;

interface Server {
  readonly handler: RequestHandler;
  readonly concurrency: number;
  running: number;
}

/** The requests of one RPC: a bounded line in front of its handlers, each with its own bound. */
export class RequestLine {
  private readonly servers: Server[] = [];
  /** In order of arrival; a set, so that one who leaves is found at once. */
  private readonly waiting = new Set<PendingCall>();
  private readonly unanswered = new Set<PendingCall>();

  constructor(
    private readonly name: string,
    private readonly maxWaiting: number,
    private readonly observer: BusObserver,
    private readonly onIdle: () => void,
  ) {}

  get idle(): boolean {
    return this.unanswered.size === 0 && this.servers.every(({ running }) => running === 0);
  }

  serve(handler: RequestHandler, concurrency: number): void {
    this.servers.push({ handler, concurrency, running: 0 });
  }

  async ask(message: unknown, timeoutMs: number, signal: AbortSignal | undefined): Promise<unknown> {
    if (this.servers.length === 0) throw nobodyServes(this.name);
    if (signal?.aborted) throw callerLeft();
    if (!this.freeServer() && this.waiting.size >= this.maxWaiting) {
      throw lineIsFull(this.name, this.maxWaiting);
    }
    const call = new PendingCall(detach(message), this.name, timeoutMs, signal, (ended) =>
      this.forget(ended),
    );
    this.unanswered.add(call);
    this.waiting.add(call);
    this.serveNext();
    return call.answer;
  }

  /** Ends every wait and aborts what runs. */
  stop(): void {
    for (const call of [...this.unanswered]) call.abandon(busIsClosed());
  }

  private forget(call: PendingCall): void {
    this.waiting.delete(call);
    this.unanswered.delete(call);
    if (this.idle) this.onIdle();
  }

  /** The least busy one that has room. */
  private freeServer(): Server | undefined {
    return this.servers
      .filter(({ running, concurrency }) => running < concurrency)
      .sort((a, b) => a.running - b.running)[0];
  }

  private serveNext(): void {
    for (const call of this.waiting) {
      const server = this.freeServer();
      if (!server) return;
      this.waiting.delete(call);
      void this.run(server, call);
    }
  }

  /** A handler that ignores its signal holds its place until it returns: the bound is on what runs. */
  private async run(server: Server, call: PendingCall): Promise<void> {
    server.running += 1;
    try {
      call.succeed(detach(await server.handler(call.message, { signal: call.signal })));
    } catch (error) {
      const fault = SluiceError.from(error);
      const stopped = call.signal.aborted && error === call.signal.reason;
      if (isFault(fault) && !stopped) this.observer.onFault?.({ name: this.name, error });
      call.fail(fault.toPayload());
    } finally {
      server.running -= 1;
      if (this.idle) this.onIdle();
      this.serveNext();
    }
  }
}
