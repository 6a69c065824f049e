import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a gateway and a real Redis, and fails as Redis can: it freezes, or it is gone. */
export class FrailRedis {
  private readonly sockets = new Set<Socket>();
  private frozen = false;
  private held: (() => void)[] = [];
  private asked = 0;
  private server!: Server;
  private port = 0;

  private constructor(private readonly target: URL) {}

  static async before(url: string): Promise<FrailRedis> {
    const redis = new FrailRedis(new URL(url));
    await redis.listen();
    return redis;
  }

  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.toString();
  }

  /** Pieces of commands that came since it was frozen. */
  get askedInVain(): number {
    return this.asked;
  }

  /** Takes connections and bytes, and answers nothing, as a stopped process does. */
  freeze(): void {
    this.frozen = true;
    this.asked = 0;
  }

  /** What it was asked meanwhile is answered now. */
  thaw(): void {
    this.frozen = false;
    for (const pass of this.held.splice(0)) pass();
  }

  async kill(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
      for (const socket of this.sockets) socket.destroy();
    });
  }

  /** On the port that it had. */
  async listen(): Promise<void> {
    this.server = createServer((near) => {
      const far = connect(Number(this.target.port), this.target.hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(from);
        from.on('data', (bytes) => {
          if (!this.frozen) to.write(bytes);
          else {
            this.held.push(() => to.write(bytes));
            if (from === near) this.asked += 1;
          }
        });
        from.on('error', () => from.destroy());
        from.on('close', () => {
          this.sockets.delete(from);
          to.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }
}
