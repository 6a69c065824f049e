import { once } from 'node:events';
import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';
import { ClientMessages } from './client-messages.js';

/** Which transaction is broken at its COMMIT, once. */
export interface Cut {
  /** Found in one of its statements. */
  readonly statement: RegExp;
  /** `sent`: the server never sees the COMMIT. `answered`: it did it, and its answer is lost. */
  readonly when: 'sent' | 'answered';
}

/** A line to PostgreSQL that breaks at a COMMIT of the test's choosing; whoever sent it cannot know what became of it. */
export class CommitCutter {
  private readonly sockets = new Set<Socket>();
  private next: Cut | null = null;
  private done = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async before(url: string): Promise<CommitCutter> {
    const server = createServer();
    const cutter = new CommitCutter(server, new URL(url));
    server.on('connection', (near) => cutter.relay(near));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return cutter;
  }

  /** The database's address through this line. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
    return url.href;
  }

  /** How many were cut since the last order. */
  get cuts(): number {
    return this.done;
  }

  cut(next: Cut): void {
    this.done = 0;
    this.next = next;
  }

  async close(): Promise<void> {
    const closed = once(this.server.close(), 'close');
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private relay(near: Socket): void {
    const far = connect(Number(this.target.port || 5432), this.target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(socket);
      // Either end may break at any time: that is what the line is for.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    const reset = (): void => {
      near.resetAndDestroy();
    };
    const messages = new ClientMessages();
    far.on('data', (answer: Buffer) => near.write(answer));
    near.on('data', (sent: Buffer) => {
      for (const message of messages.push(sent)) {
        const cut = this.takeCut(message.commitOf);
        if (cut === 'sent') {
          reset();
          return;
        }
        if (cut === 'answered') far.removeAllListeners('data').once('data', reset);
        far.write(message.bytes);
      }
    });
  }

  /** How to break this COMMIT, if at all. */
  private takeCut(statements: readonly string[] | null): Cut['when'] | null {
    const cut = this.next;
    if (statements === null || cut === null || !statements.some((text) => cut.statement.test(text)))
      return null;
    this.next = null;
    this.done += 1;
    return cut.when;
  }
}
