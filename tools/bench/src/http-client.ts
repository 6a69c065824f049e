import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Buffer;
}

/** Asks one server on this machine over kept connections. */
export class HttpClient {
  private readonly agent: Agent;

  constructor(
    private readonly port: number,
    clients: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: clients });
  }

  post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
    const all = { ...headers, 'content-length': Buffer.byteLength(body) };
    const options = { host: '127.0.0.1', port: this.port, path, method: 'POST', agent: this.agent };
    return new Promise((resolve, reject) => {
      const sent = request({ ...options, headers: all }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers: got } = response;
          resolve({ status, etag: got.etag ?? null, body: Buffer.concat(chunks) });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
