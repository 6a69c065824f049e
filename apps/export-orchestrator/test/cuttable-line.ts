import { once } from 'node:events';
import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';

/** A line to a server that a test can cut and mend. */
export class CuttableLine {
  private readonly sockets = new Set<Socket>();
  private port = 0;
  private server: Server | undefined;

  constructor(private readonly target: URL) {}

  /** Opens the line; it keeps its port when it was cut before. */
  async open(): Promise<number> {
    this.server = createServer((near) => {
      const far = connect(Number(this.target.port || 5432), this.target.hostname);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        // Either end may break at any time: that is what the line is for.
        socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this.port;
  }

  async cut(): Promise<void> {
    const closed = this.server && once(this.server.close(), 'close');
    for (const socket of this.sockets) socket.destroy();
    await closed;
    this.server = undefined;
  }
}
