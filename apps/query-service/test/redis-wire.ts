import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';

/** The Redis that tests use. @throws Error with what to do when none is set. */
export function redisUrl(): string {
  const url = process.env['SLUICE_TEST_REDIS_URL'];
  if (url) return url;
  throw new Error(
    'SLUICE_TEST_REDIS_URL is not set; run: node tools/services/services.mjs run --only redis -- <command>',
  );
}

/** A TCP relay before Redis. Through it Redis can be killed, frozen (it takes everything and answers nothing) and brought back. */
export class RedisWire {
  readonly #sockets = new Set<Socket>();
  #state: 'well' | 'killed' | 'frozen' = 'well';
  /** Pieces of commands that came while it was frozen. */
  askedInVain = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async open(): Promise<RedisWire> {
    const server = createServer();
    const wire = new RedisWire(server, new URL(redisUrl()));
    server.on('connection', (near) => wire.#relay(near));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  /** Redis' address through this wire. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  kill(): void {
    this.#state = 'killed';
    for (const socket of this.#sockets) socket.destroy();
  }

  freeze(): void {
    this.#state = 'frozen';
    this.askedInVain = 0;
    for (const socket of this.#sockets)
      socket
        .unpipe()
        .on('data', () => (this.askedInVain += 1))
        .resume();
  }

  /** As a Redis that was restarted: connections from before are gone. */
  restart(): void {
    this.kill();
    this.#state = 'well';
  }

  async close(): Promise<void> {
    this.kill();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #relay(near: Socket): void {
    this.#keep(near);
    if (this.#state === 'killed') {
      near.destroy();
      return;
    }
    if (this.#state === 'frozen') {
      near.resume();
      return;
    }
    const far = connect({ host: this.target.hostname, port: Number(this.target.port || 6379) });
    this.#keep(far);
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
