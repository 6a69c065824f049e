import { ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '../dist/main.js');
const START_DEADLINE_MS = 120_000;

export interface StartOptions {
  readonly home: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The built program in a process of its own, as `npm start` runs it. */
export class RunningProgram {
  private constructor(
    readonly child: ChildProcess,
    readonly home: string,
    readonly port: number,
    readonly output: () => string,
  ) {}

  /** Resolves once the program says where it is; rejects with what it printed when it ends before. */
  static async start(options: StartOptions): Promise<RunningProgram> {
    const program = await RunningProgram.spawn(options);
    const deadline = Date.now() + START_DEADLINE_MS;
    while (!program.output().includes('Ctrl-C stops it.')) {
      if (program.child.exitCode !== null) throw new Error(`The program ended:\n${program.output()}`);
      if (Date.now() > deadline) throw new Error(`The program did not start:\n${program.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return program;
  }

  /** Does not wait for anything. */
  static async spawn({ home, port, env = {} }: StartOptions): Promise<RunningProgram> {
    const chosen = port ?? (await freePort());
    const child = spawn(process.execPath, [PROGRAM], {
      env: { ...process.env, UV_THREADPOOL_SIZE: '32', SLUICE_HOME: home, PORT: String(chosen), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    return new RunningProgram(child, home, chosen, () => output);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Sends a signal and waits for the end; gives the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }

  async exitCode(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  /** A token for one of the demo clients. */
  async token(clientId: string): Promise<string> {
    const clients = JSON.parse(await readFile(join(this.home, 'demo-clients.json'), 'utf8')) as {
      clientId: string;
      clientSecret: string;
    }[];
    const { clientSecret } = clients.find((client) => client.clientId === clientId)!;
    const answer = await fetch(`${this.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    if (answer.status !== 200) throw new Error(`No token: ${await answer.text()}`);
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** Speaks JSON to the API; `token` may be null. */
  call(token: string | null, method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

/** Below those that systems give to outgoing connections, which come and go by the hundred until a program has its port. */
const PORTS = { from: 15_000, to: 30_000 } as const;

/** A port that is free now, and that nobody gets who does not choose it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer();
    const free = await new Promise<boolean>((resolve, reject) => {
      const inUse = (error: NodeJS.ErrnoException): void =>
        error.code === 'EADDRINUSE' ? resolve(false) : reject(error);
      server.once('error', inUse).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
