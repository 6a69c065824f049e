import { connect } from 'node:net';
import { queryRun } from '@sluice/contracts';
import { DEFAULT_TIMEOUTS } from '../src/index.js';
import { startHarness, type Harness } from './gateway-harness.js';
import { queryAnswer } from './sample-answers.js';

/** Writes pieces to a raw connection until it is closed, and gives back what came. */
function converse(
  port: number,
  pieces: readonly string[],
  pauseMs = 0,
): Promise<{ readonly text: string; readonly sent: number }> {
  return new Promise((resolve) => {
    let sent = 0;
    const socket = connect(port, '127.0.0.1', () => {
      void (async () => {
        for (const piece of pieces) {
          if (socket.destroyed) return;
          socket.write(piece);
          sent += 1;
          await new Promise((next) => setTimeout(next, pauseMs));
        }
      })();
    });
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve({ text, sent });
    });
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 45_000; !(await holds());) {
    if (Date.now() > end) throw new Error(`It never came to hold: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('operation', () => {
  let harness: Harness;
  let missing: readonly string[] = [];
  beforeAll(async () => {
    harness = await startHarness({
      ready: () => Promise.resolve(missing),
      config: {
        timeouts: { headersMs: 500, requestMs: 1_000, keepAliveMs: 2_000, stalledMs: 1_000, drainDelayMs: 0 },
      },
    });
  });
  afterAll(() => harness.stop());

  const open = (path: string, init: RequestInit = {}) => harness.ask(path, { role: null, ...init });

  it('is alive, and ready unless a part is missing', async () => {
    expect(await (await open('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await open('/healthz', { method: 'HEAD' })).status).toBe(200);
    expect((await open('/readyz')).status).toBe(200);
    missing = ['rabbitmq'];
    // An answer is good for a while.
    await until(async () => (await open('/readyz')).status !== 200);
    const answer = await open('/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'not-ready', notReady: ['rabbitmq'] });
  });

  it('counts by route, method and status, and never by what callers wrote', async () => {
    await open('/api/v1/exports/a-callers-text');
    await open('/a-callers-path?secret=1');
    const text = await (await open('/metrics')).text();
    expect(text).toMatch(
      /sluice_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/exports\/:id",status="401"\} 1/,
    );
    expect(text).toContain('route="none",status="404"');
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).not.toContain('callers');
  });

  it('tells a wrong path from a wrong method', async () => {
    const unknown = await open('/api/v2/query?x=1');
    expect(unknown.headers.get('content-type')).toBe('application/problem+json');
    expect(await unknown.json()).toMatchObject({
      status: 404,
      code: 'route-not-found',
      instance: '/api/v2/query',
    });
    const wrong = await open('/api/v1/query', { method: 'DELETE' });
    expect(wrong.headers.get('allow')).toBe('GET, HEAD, POST, QUERY');
    expect(await wrong.json()).toMatchObject({ status: 405, code: 'method-not-allowed' });
    expect((await open('/docs/nothing')).status).toBe(404);
  });

  it('answers what is no HTTP, or too much of it, as a problem', async () => {
    const { text: broken } = await converse(harness.gateway.port, ['NONSENSE\r\n\r\n']);
    expect(broken).toMatch(/^HTTP\/1\.1 400 /);
    expect(broken).toContain('application/problem+json');
    const { text: large } = await converse(harness.gateway.port, [
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
    ]);
    expect(large).toMatch(/^HTTP\/1\.1 431 /);
    expect(large).toContain('"limit":{"name":"headerBytes","value":16384}');
  });

  it('does not wait for slow headers or slow bodies', async () => {
    const post =
      'POST /api/v1/query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n';
    const token = await harness.issuer.token();
    const slowly = Array<string>(40).fill('x');
    const [headers, body, stranger] = await Promise.all([
      converse(
        harness.gateway.port,
        ['GET /healthz HTTP/1.1\r\n', ...Array<string>(40).fill('X: y\r\n')],
        200,
      ),
      converse(harness.gateway.port, [`${post}Authorization: Bearer ${token}\r\n\r\n`, ...slowly], 200),
      converse(harness.gateway.port, [`${post}\r\n`, ...slowly], 200),
    ]);
    // Each would go on for eight seconds, and was cut before.
    for (const { sent } of [headers, body, stranger]) expect(sent).toBeLessThan(slowly.length);
    expect(headers.text).toMatch(/^HTTP\/1\.1 408 /);
    expect(body.text).toMatch(/^HTTP\/1\.1 408 /);
    expect(body.text).toContain('"limit":{"name":"requestMs","value":1000}');
    // A stranger is answered before the body has come, and only once.
    expect(stranger.text).toMatch(/^HTTP\/1\.1 401 /);
    expect(stranger.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('serves its document and the page of it', async () => {
    const page = await open('/docs');
    expect(await page.text()).toContain('Swagger UI');
    expect(await (await open('/docs/swagger/v1/swagger.json')).json()).toMatchObject({ openapi: '3.1.0' });
  });

  it('tells nothing of what it is built with', async () => {
    const headers = Object.fromEntries((await open('/healthz')).headers);
    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('x-powered-by');
  });
});

describe('ending', () => {
  const body = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };

  it('finishes what was asked, and takes nothing new', async () => {
    const harness = await startHarness();
    let finish: () => void = () => undefined;
    harness.bus.on(
      queryRun,
      () =>
        new Promise(
          (resolve) =>
            (finish = () => {
              resolve(queryAnswer);
            }),
        ),
    );
    const answer = harness.ask('/api/v1/query', body);
    while (harness.bus.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = harness.gateway.close(60_000);
    expect(await harness.gateway.notReady()).toEqual(['gateway']);
    await until(() => fetch(`${harness.url}/healthz`).then(() => false, () => true)); // prettier-ignore
    finish();
    expect((await answer).status).toBe(200);
    await closed;
    await harness.issuer.stop();
  });

  it('goes on serving while load balancers notice, and sends callers away with each answer', async () => {
    const harness = await startHarness({
      config: { timeouts: { ...DEFAULT_TIMEOUTS, drainDelayMs: 5_000 } },
    });
    harness.bus.on(queryRun, () => Promise.resolve(queryAnswer));
    const before = await harness.ask('/api/v1/query', body);
    const closed = harness.gateway.close(20_000);
    const during = await harness.ask('/api/v1/query', body);
    const probe = await fetch(`${harness.url}/readyz`);
    expect([before, during].map(({ status, headers }) => [status, headers.get('connection')])).toEqual([
      [200, 'keep-alive'],
      [200, 'close'],
    ]);
    expect({ status: probe.status, body: await probe.json() }).toEqual({
      status: 503,
      body: { status: 'not-ready', notReady: ['gateway'] },
    });
    await closed;
    await expect(fetch(`${harness.url}/healthz`)).rejects.toThrow();
    await harness.issuer.stop();
  });

  it('cuts what does not end in time', async () => {
    const harness = await startHarness();
    harness.bus.on(queryRun, () => new Promise(() => undefined));
    const answer = harness.ask('/api/v1/query', body);
    answer.catch(() => undefined);
    while (harness.bus.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // Its handler never ends, so that this ends by the grace alone.
    await harness.gateway.close(200);
    await expect(answer).rejects.toThrow();
    while (harness.bus.asked[0]?.signal.aborted !== true)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await harness.issuer.stop();
  });

  it('says that a port is taken, and leaves nothing open', async () => {
    const first = await startHarness();
    await expect(startHarness({ config: { port: first.gateway.port } })).rejects.toThrow('EADDRINUSE');
    await first.stop();
  });
});
