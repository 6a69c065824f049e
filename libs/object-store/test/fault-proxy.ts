import { createServer, IncomingMessage, request, Server, ServerResponse } from 'node:http';
import { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';

export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  /** The connection breaks before the server sees anything. */
  | { readonly kind: 'reset' }
  /** No answer ever comes. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow'; readonly ms: number }
  /** The server does it, and its answer is lost. */
  | { readonly kind: 'lost-answer' }
  /** Half the body comes, then the connection breaks. */
  | { readonly kind: 'cut' };

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

export interface Answer {
  readonly status: number;
  readonly headers?: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Forward = () => Promise<Answer>;

/** Stands before a server that speaks HTTP: records each call, and breaks those that the test picks. */
export class FaultProxy {
  readonly calls: Call[] = [];
  /** Calls that the server has answered. */
  readonly answered: Call[] = [];
  /** Picks what happens to a call; null lets it pass. */
  faultOf: (call: Call) => Fault | null = () => null;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
    private readonly around: (call: Call, forward: Forward) => Promise<Answer>,
  ) {}

  /** @param around stands in for the server where it is not as it should be */
  static async start(
    targetPort: number,
    around: (call: Call, forward: Forward) => Promise<Answer> = (_, forward) => forward(),
  ): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server, targetPort, around);
    server.on('connection', (socket) => {
      proxy.sockets.add(socket);
      socket.once('close', () => proxy.sockets.delete(socket));
    });
    server.on('request', (incoming, outgoing) => {
      proxy.handle(incoming, outgoing).catch(() => outgoing.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get openSockets(): number {
    return this.sockets.size;
  }

  reset(): void {
    this.calls.length = 0;
    this.faultOf = () => null;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://proxy');
    const { method = 'GET', headers } = incoming;
    const call = { method, path: url.pathname, query: url.searchParams, headers };
    this.calls.push(call);
    const fault = this.faultOf(call);
    const body = await buffer(incoming);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (fault?.kind === 'status') {
      outgoing.writeHead(fault.status, { 'content-type': 'application/xml' }).end(fault.body ?? '');
      return;
    }
    if (fault?.kind === 'slow') await sleep(fault.ms);
    const answer = await this.around(call, () => this.forward(incoming, body));
    this.answered.push(call);
    if (fault?.kind === 'lost-answer') incoming.socket.resetAndDestroy();
    else if (fault?.kind === 'cut') {
      outgoing.writeHead(answer.status, answer.headers);
      outgoing.write(answer.body.subarray(0, answer.body.length >> 1), () =>
        incoming.socket.resetAndDestroy(),
      );
    } else outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  }

  private forward(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { method, url: path, headers } = incoming;
      const options = { host: '127.0.0.1', port: this.targetPort, method, path, headers, agent: false };
      const asking = request(options, (answer) => {
        const { 'transfer-encoding': _, ...rest } = answer.headers;
        buffer(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 0, headers: rest, body: bytes }),
          reject,
        );
      });
      asking.once('error', reject);
      asking.end(body);
    });
  }
}
