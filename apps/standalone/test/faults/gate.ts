import { once } from 'node:events';
import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';

/** Bytes that may wait in one direction of one connection before no more are read. */
const MOST_WAITING = 1_048_576;
const END = Symbol('end');

/** Stands before a server, whatever it speaks: lets everything through, late, not at all, or refuses as if nobody listened. */
export class Gate {
  private readonly sockets = new Set<Socket>();
  private readonly lanes = new Set<Lane>();
  private server: Server | undefined;
  private held = false;
  /** How late each piece arrives on the other side, in ms. */
  delayMs = 0;
  /** When connections came about, ms since 1970. */
  readonly accepted: number[] = [];

  private constructor(
    private readonly targetPort: number,
    readonly port: number,
  ) {}

  static async before(targetPort: number): Promise<Gate> {
    const server = createServer({ allowHalfOpen: true });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const gate = new Gate(targetPort, (server.address() as AddressInfo).port);
    gate.serve(server);
    return gate;
  }

  /** The same address, through this gate. */
  urlOf(url: string): string {
    const through = new URL(url);
    through.host = `127.0.0.1:${String(this.port)}`;
    return through.href;
  }

  /** Breaks every connection, and refuses new ones. */
  async shut(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = once(server.close(), 'close');
    for (const socket of this.sockets) socket.resetAndDestroy();
    await closed;
  }

  async open(): Promise<void> {
    if (this.server) return;
    const server = createServer({ allowHalfOpen: true });
    await once(server.listen(this.port, '127.0.0.1'), 'listening');
    this.serve(server);
  }

  /** Connections stay and new ones come about, but nothing passes. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    for (const lane of this.lanes) lane.pump();
  }

  isHeld(): boolean {
    return this.held;
  }

  private serve(server: Server): void {
    this.server = server;
    server.on('connection', (near) => this.join(near));
  }

  private join(near: Socket): void {
    this.accepted.push(Date.now());
    const far = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      const lane = new Lane(from, to, this);
      from.setNoDelay(true);
      this.sockets.add(from);
      this.lanes.add(lane);
      from.on('data', (bytes: Buffer) => lane.take(bytes));
      from.on('end', () => lane.take(END));
      // Either end may break at any time: then so does the other.
      from.on('error', () => to.resetAndDestroy());
      from.on('close', () => {
        this.sockets.delete(from);
        this.lanes.delete(lane);
        if (!from.readableEnded) to.destroy();
      });
    }
  }
}

/** One direction of one connection. */
class Lane {
  private readonly waiting: { readonly due: number; readonly what: Buffer | typeof END }[] = [];
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly gate: Gate,
  ) {}

  take(what: Buffer | typeof END): void {
    this.waiting.push({ due: performance.now() + this.gate.delayMs, what });
    this.bytes += what === END ? 0 : what.length;
    if (this.bytes > MOST_WAITING) this.from.pause();
    this.pump();
  }

  /** Sends what is due; the order stays. */
  pump(): void {
    clearTimeout(this.timer);
    for (let [next] = this.waiting; next && !this.gate.isHeld(); [next] = this.waiting) {
      const early = next.due - performance.now();
      if (early > 0) {
        this.timer = setTimeout(() => this.pump(), early);
        return;
      }
      this.waiting.shift();
      this.send(next.what);
    }
    if (this.waiting.length === 0) this.from.resume();
  }

  private send(what: Buffer | typeof END): void {
    if (this.to.destroyed) return;
    if (what === END) {
      this.to.end();
      return;
    }
    this.bytes -= what.length;
    this.to.write(what);
  }
}
