import { connect, createServer, Server, Socket } from 'node:net';
import { AddressInfo } from 'node:net';

/** A TCP relay before the broker that can be cut and mended, as networks are. */
export class BreakableWire {
  private readonly sockets = new Set<Socket>();
  private cutOff = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async to(brokerUrl: string): Promise<BreakableWire> {
    const server = createServer();
    const wire = new BreakableWire(server, new URL(brokerUrl));
    server.on('connection', (socket) => wire.relay(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  /** The broker's address through this wire. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  cut(): void {
    this.cutOff = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Nothing gets through any more, and nobody is told: as a broker that is stopped, or a network that swallows. */
  freeze(): void {
    for (const socket of this.sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  mend(): void {
    this.cutOff = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private relay(near: Socket): void {
    if (this.cutOff) {
      near.destroy();
      return;
    }
    const far = connect({ host: this.target.hostname, port: Number(this.target.port || 5672) });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
