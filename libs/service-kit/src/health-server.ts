import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { collectProcessMetrics, renderMetrics } from './metrics.js';
import { type RunningApp } from './running-app.js';
import { withinOr } from './within-or.js';

const READY_DEADLINE_MS = 2_000;
const ROUTES = ['/healthz', '/readyz', '/metrics'];

export interface HealthServerOptions {
  /** Address to listen on; all of this machine's by default. */
  readonly host?: string;
  /**
   * It holds the place of a server that is yet to come: whatever else is asked for will be there later (503 with `Retry-After`), and no
   * connection is kept open.
   */
  readonly placeholder?: boolean;
}

/** Who is asked. */
export type Living = Pick<RunningApp, 'name' | 'notReady' | 'broken'>;

export interface HealthServer {
  /** The port it listens on; differs from the asked one when that was 0. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves what an orchestrator of containers asks an app without an HTTP API of its own: `/healthz` (the process is
 * alive, and nothing in it is broken for good), `/readyz` (its dependencies are too; else 503 and their names), `/metrics` (Prometheus).
 *
 * @throws the listening error, such as `EADDRINUSE`
 */
export async function startHealthServer(
  port: number,
  app: Living,
  { host = '0.0.0.0', placeholder = false }: HealthServerOptions = {},
): Promise<HealthServer> {
  collectProcessMetrics();
  const server = createServer((request, response) => {
    if (placeholder) response.shouldKeepAlive = false;
    void answer(app, request, response, placeholder ? sendLater : sendNothing);
  });
  server.requestTimeout = 5_000;
  server.headersTimeout = 5_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  app: Living,
  { url = '/', method = '' }: IncomingMessage,
  response: ServerResponse,
  otherwise: (response: ServerResponse) => void,
): Promise<void> {
  try {
    const [path = ''] = url.split('?');
    if (!ROUTES.includes(path)) otherwise(response);
    else if (method !== 'GET' && method !== 'HEAD') {
      send(response, 405, 'text/plain', 'method not allowed\n');
    } else if (path === '/healthz') sendLiveness(response, app.broken?.() ?? []);
    else if (path === '/readyz') sendReadiness(response, await readinessOf(app));
    else {
      const { contentType, body } = await renderMetrics();
      send(response, 200, contentType, body);
    }
  } catch {
    // Only rendering the metrics can fail, or asking what is broken; the process is alive, and the scraper sees the gap.
    send(response, 500, 'text/plain', 'metrics failed\n');
  }
}

/** What of the app is not ready. A check that throws, or takes longer than two seconds, counts as not ready itself. */
export function readinessOf(app: Pick<RunningApp, 'name' | 'notReady'>): Promise<readonly string[]> {
  const asked = app.notReady().catch(() => [app.name]);
  return withinOr(asked, READY_DEADLINE_MS, [app.name]);
}

function sendLiveness(response: ServerResponse, broken: readonly string[]): void {
  if (broken.length === 0) send(response, 200, 'application/json', '{"status":"ok"}\n');
  else send(response, 503, 'application/json', `${JSON.stringify({ status: 'broken', broken })}\n`);
}

function sendReadiness(response: ServerResponse, notReady: readonly string[]): void {
  const ready = notReady.length === 0;
  const body = JSON.stringify({ status: ready ? 'ready' : 'not-ready', notReady });
  send(response, ready ? 200 : 503, 'application/json', `${body}\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

function sendNothing(response: ServerResponse): void {
  send(response, 404, 'text/plain', 'not found\n');
}

function sendLater(response: ServerResponse): void {
  response.setHeader('retry-after', '1');
  const problem = { type: 'about:blank', title: 'Service Unavailable', status: 503, code: 'unavailable' };
  const detail = 'The service is starting.';
  send(response, 503, 'application/problem+json', `${JSON.stringify({ ...problem, detail })}\n`);
}
