import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '../../../apps/standalone/dist/main.js');
const START_MS = 180_000;

export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Buffer;
}

/** The whole service in a process of its own, asked over HTTP with kept connections. */
export class ServiceSide {
  private token = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly home: string,
    private readonly port: number,
    private readonly agent: Agent,
  ) {}

  static async start(home: string, port: number, clients: number): Promise<ServiceSide> {
    const env = {
      ...process.env,
      UV_THREADPOOL_SIZE: '32',
      SLUICE_HOME: home,
      PORT: String(port),
      SLUICE_DEMO_ORDERS: '20',
      // One client asks for more than any may.
      SLUICE_RATE_LIMIT_PER_MINUTE: '0',
    };
    const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const agent = new Agent({ keepAlive: true, maxSockets: clients });
    const side = new ServiceSide(child, home, port, agent);
    const late = setTimeout(() => child.kill(), START_MS);
    for await (const text of child.stdout) {
      if (String(text).includes('Ctrl-C stops it.')) break;
    }
    clearTimeout(late);
    side.token = await side.fetchToken();
    return side;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Posts a query; throws unless it is answered 200 or 304. */
  async ask(query: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const authorization = `Bearer ${this.token}`;
    const body = JSON.stringify(query);
    const all = {
      authorization,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...headers,
    };
    const answer = await this.send('/api/v1/query', all, body);
    if (answer.status !== 200 && answer.status !== 304) throw new Error(answer.body.toString());
    return answer;
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  private async fetchToken(): Promise<string> {
    const clients = JSON.parse(await readFile(join(this.home, 'demo-clients.json'), 'utf8')) as {
      clientId: string;
      clientSecret: string;
    }[];
    const viewer = clients.find(({ clientId }) => clientId === 'ca-viewer');
    const authorization = `Basic ${Buffer.from(`${viewer?.clientId}:${viewer?.clientSecret}`).toString('base64')}`;
    const body = 'grant_type=client_credentials';
    const headers = {
      authorization,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': body.length,
    };
    const answer = await this.send('/oauth/token', headers, body);
    return (JSON.parse(answer.body.toString()) as { access_token: string }).access_token;
  }

  private send(
    path: string,
    headers: Readonly<Record<string, string | number>>,
    body: string,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: this.port, path, method: 'POST', headers, agent: this.agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            resolve({
              status: response.statusCode ?? 0,
              etag: response.headers.etag ?? null,
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
