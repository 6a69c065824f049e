import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Exporter } from './exports-underway.js';
import { Answer, HttpClient } from './http-client.js';

const PROGRAM = join(__dirname, '../../../apps/standalone/dist/main.js');
const START_MS = 180_000;
const KIB = 1_024;

/** The whole service in a process of its own, asked over HTTP with kept connections. */
export class ServiceSide {
  private token = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly home: string,
    private readonly port: number,
    private readonly client: HttpClient,
  ) {}

  /** @param settings further ones, as variables of its environment */
  static async start(
    home: string,
    port: number,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<ServiceSide> {
    const env = {
      ...process.env,
      UV_THREADPOOL_SIZE: '32',
      SLUICE_HOME: home,
      PORT: String(port),
      SLUICE_DEMO_ORDERS: '20',
      SLUICE_RATE_LIMIT_PER_MINUTE: '0',
      ...settings,
    };
    const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const side = new ServiceSide(child, home, port, new HttpClient(port));
    const late = setTimeout(() => child.kill(), START_MS);
    for await (const text of child.stdout) {
      if (String(text).includes('Ctrl-C stops it.')) break;
    }
    clearTimeout(late);
    side.token = await side.fetchToken('ca-viewer');
    return side;
  }

  /** Posts a query; throws unless it is answered 200 or 304. */
  async ask(query: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const authorization = `Bearer ${this.token}`;
    const all = { authorization, 'content-type': 'application/json', ...headers };
    const answer = await this.client.post('/api/v1/query', all, JSON.stringify(query), 'size');
    if (answer.status !== 200 && answer.status !== 304) throw new Error(answer.body.toString());
    return answer;
  }

  /** For whoever asks for exports. */
  async exporter(): Promise<Exporter> {
    return { url: `http://127.0.0.1:${String(this.port)}`, token: await this.fetchToken('ca-exporter') };
  }

  /** Resident memory of the process, in MiB (Linux). */
  async residentMib(): Promise<number> {
    const status = await readFile(`/proc/${String(this.child.pid)}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / KIB;
  }

  async stop(): Promise<void> {
    this.client.close();
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  private async fetchToken(name: string): Promise<string> {
    const clients = JSON.parse(await readFile(join(this.home, 'demo-clients.json'), 'utf8')) as {
      clientId: string;
      clientSecret: string;
    }[];
    const client = clients.find(({ clientId }) => clientId === name);
    const basic = Buffer.from(`${name}:${client?.clientSecret}`).toString('base64');
    const headers = {
      authorization: `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const answer = await this.client.post('/oauth/token', headers, 'grant_type=client_credentials');
    return (JSON.parse(answer.body.toString()) as { access_token: string }).access_token;
  }
}
