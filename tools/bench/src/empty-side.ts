import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HttpClient } from './http-client.js';

const START_MS = 20_000;

/** The empty authenticated route in a process of its own. */
export class EmptySide {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: HttpClient,
    private readonly token: string,
  ) {}

  static async start(): Promise<EmptySide> {
    const child = spawn(process.execPath, [join(__dirname, 'empty-route.js')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout);
    const [line] = (await once(lines, 'line', { signal: AbortSignal.timeout(START_MS) })) as [string];
    const { port, token } = JSON.parse(line) as { port: number; token: string };
    return new EmptySide(child, new HttpClient(port), token);
  }

  /** Sends a body of the same size as a query has. Throws unless it is answered 200. */
  async ask(body: string): Promise<void> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const { status } = await this.client.post('/', headers, body);
    if (status !== 200) throw new Error(`The empty route answered ${String(status)}.`);
  }

  async stop(): Promise<void> {
    this.client.close();
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}
