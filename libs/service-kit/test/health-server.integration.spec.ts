import { startHealthServer, type HealthServer } from '../src/index.js';

describe('startHealthServer', () => {
  let missing: () => Promise<readonly string[]> = () => Promise.resolve([]);
  let broken: readonly string[] = [];
  let server: HealthServer;
  const ask = (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${String(server.port)}${path}`, init);

  beforeAll(async () => {
    const app = {
      name: 'worker',
      notReady: () => missing(),
      broken: () => broken,
      close: () => Promise.resolve(),
    };
    server = await startHealthServer(0, app, { host: '127.0.0.1' });
  });
  afterAll(() => server.close());

  it('is alive, and ready when nothing is missing', async () => {
    expect((await ask('/healthz')).status).toBe(200);
    expect(await (await ask('/readyz')).json()).toEqual({ status: 'ready', notReady: [] });
  });

  it('names what is not ready, and stays alive', async () => {
    missing = () => Promise.resolve(['postgres']);
    const answer = await ask('/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'not-ready', notReady: ['postgres'] });
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('is not ready when the check fails or never ends', async () => {
    missing = () => Promise.reject(new Error('secret detail'));
    expect(await (await ask('/readyz')).json()).toEqual({ status: 'not-ready', notReady: ['worker'] });
    missing = () => new Promise(() => undefined);
    expect((await ask('/readyz')).status).toBe(503);
  });

  it('is not alive when something is broken for good', async () => {
    broken = ['engine'];
    const answer = await ask('/healthz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'broken', broken: ['engine'] });
    broken = [];
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('serves metrics, and nothing else', async () => {
    expect(await (await ask('/metrics?x=1')).text()).toContain('process_cpu_seconds_total');
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/metrics', { method: 'POST' })).status).toBe(405);
  });

  it('says of everything else that it comes later, where it holds a place, and keeps no connection', async () => {
    const app = { name: 'gateway', notReady: () => Promise.resolve(['postgres']) };
    const holder = await startHealthServer(0, app, { host: '127.0.0.1', placeholder: true });
    const at = (path: string) => `http://127.0.0.1:${String(holder.port)}${path}`;
    const later = await fetch(at('/api/v1/query'), { method: 'POST', body: '{}' });
    expect({ status: later.status, retryAfter: later.headers.get('retry-after') }).toEqual({
      status: 503,
      retryAfter: '1',
    });
    expect(later.headers.get('connection')).toBe('close');
    expect(await later.json()).toMatchObject({ status: 503, code: 'unavailable' });
    expect((await fetch(at('/healthz'))).status).toBe(200);
    expect((await fetch(at('/readyz'))).status).toBe(503);
    await holder.close();
  });

  it('rejects when the port is taken', async () => {
    const app = { name: 'other', notReady: () => Promise.resolve([]), close: () => Promise.resolve() };
    await expect(startHealthServer(server.port, app, { host: '127.0.0.1' })).rejects.toThrow('EADDRINUSE');
  });
});
