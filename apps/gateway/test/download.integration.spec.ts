import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { exportGet, exportResolveDownload, SluiceError } from '@sluice/contracts';
import { DEFAULT_TIMEOUTS } from '../src/index.js';
import { PUBLIC_URL, startHarness, type Harness } from './gateway-harness.js';
import { JOB_ID, SHA256, succeededJob } from './sample-answers.js';

const JOB = `/api/v1/exports/${JOB_ID}`;
const FILE = Buffer.from('0123456789');

interface JobBody {
  result: { downloadUrl: string; urlExpiresAt: string } | null;
}

describe('download route', () => {
  let harness: Harness;
  let link: string;
  beforeAll(async () => {
    harness = await startHarness({ config: { timeouts: { ...DEFAULT_TIMEOUTS, stalledMs: 300 } } });
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    harness.bus.reset();
    harness.audit.records.length = 0;
    harness.store.streams.length = 0;
    harness.store.makeStream = (bytes) => Readable.from([bytes]);
    harness.store.files.set('k1', FILE);
    harness.bus.on(exportGet, () => succeededJob);
    harness.bus.on(exportResolveDownload, () => ({
      key: 'k1',
      fileName: 'orders é (1).csv',
      contentType: 'text/csv; charset=utf-8',
      bytes: FILE.length,
    }));
    const { result } = (await (await harness.ask(JOB)).json()) as JobBody;
    link = result!.downloadUrl.replace(PUBLIC_URL, '');
    expect(Date.parse(result!.urlExpiresAt) - Date.now()).toBeGreaterThan(86_340_000);
    harness.bus.asked.length = 0;
  });

  const get = (path = link, headers: Record<string, string> = {}, method = 'GET') =>
    harness.ask(path, { role: null, headers, method });

  it('delivers the file without a token, safe to keep nowhere', async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('0123456789');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'content-disposition': `attachment; filename="orders____1_.csv"; filename*=UTF-8''orders%20%C3%A9%20%281%29.csv`,
      'content-length': '10',
      'content-type': 'text/csv; charset=utf-8',
      etag: `"${SHA256}"`,
      'x-content-type-options': 'nosniff',
    });
    expect(harness.bus.asked).toMatchObject([{ message: { jobId: JOB_ID, tenant: 'CA', sha256: SHA256 } }]);
  });

  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=0-1,4-5', 200, '0123456789', null],
  ])('answers the range %s with %d', async (range, status, text, contentRange) => {
    const answer = await get(link, { range });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe(text);
    expect(answer.headers.get('content-range')).toBe(contentRange);
    expect(answer.headers.get('content-length')).toBe(String(text.length));
  });

  it('answers 416 with the size of the file', async () => {
    const answer = await get(link, { range: 'bytes=10-' });
    expect(await answer.json()).toMatchObject({ status: 416, code: 'range-not-satisfiable' });
    expect(answer.headers.get('content-range')).toBe('bytes */10');
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect(harness.audit.records).toEqual([]);
  });

  it('heeds If-Range', async () => {
    expect((await get(link, { range: 'bytes=2-4', 'if-range': `"${SHA256}"` })).status).toBe(206);
    expect((await get(link, { range: 'bytes=2-4', 'if-range': '"other"' })).status).toBe(200);
  });

  it('answers HEAD like GET, without opening the file', async () => {
    const answer = await get(link, {}, 'HEAD');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe('10');
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    expect(harness.store.streams).toEqual([]);
  });

  it.each([
    ['another tenant', (url: string) => url.replace('tenant=CA', 'tenant=TX')],
    ['a further parameter', (url: string) => `${url}&x=1`],
    ['a repeated parameter', (url: string) => `${url}&tenant=CA`],
    ['an escaped path', (url: string) => url.replace('/file', '/%66ile')],
    ['no signature', (url: string) => url.replace(/&signature=.*/, '')],
    ['no parameters', (url: string) => url.replace(/\?.*/, '')],
  ])('refuses a link with %s, asks nobody, and records it', async (_name, tamper) => {
    const answer = await get(tamper(link));
    expect(await answer.json()).toMatchObject({ status: 403, code: 'link-invalid' });
    expect(harness.bus.asked).toEqual([]);
    expect(harness.audit.records).toMatchObject([{ action: 'denied', code: 'link-invalid', jobId: JOB_ID }]);
  });

  it('asks again each time whether the file may be had', async () => {
    harness.bus.on(exportResolveDownload, () => {
      throw new SluiceError('link-expired', 'The file is gone.');
    });
    expect((await get()).status).toBe(410);
  });

  it('refuses the rest of a file whose rules changed after its first part was taken', async () => {
    expect((await get(link, { range: 'bytes=0-3' })).status).toBe(206);
    const opened = harness.store.streams.length;
    harness.bus.on(exportResolveDownload, () => {
      throw new SluiceError('policy-changed', 'No more.');
    });
    const rest = await get(link, { range: 'bytes=4-', 'if-range': `"${SHA256}"` });
    expect(await rest.json()).toMatchObject({ status: 403, code: 'policy-changed' });
    expect(harness.store.streams).toHaveLength(opened);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('is not for %s', async (method) => {
    expect((await get(link, {}, method)).status).toBe(405);
    expect(harness.bus.asked).toEqual([]);
  });

  it('answers a missing file as a problem', async () => {
    harness.store.files.clear();
    const answer = await get();
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect(await answer.json()).toMatchObject({ status: 404, code: 'export-not-found' });
  });

  it('never ends a broken file as if it were whole', async () => {
    harness.store.makeStream = () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('012');
          await new Promise((resolve) => setTimeout(resolve, 20));
          throw new Error('the seal is broken');
        })(),
      );
    await expect(get().then((answer) => answer.text())).rejects.toThrow();
  });

  it('tells a file that breaks at its first byte as a problem', async () => {
    harness.store.makeStream = () =>
      new Readable({
        read() {
          this.destroy(new Error('the seal is broken'));
        },
      });
    const outcome = await get().then(
      async (answer) => ({ status: answer.status, text: await answer.text() }),
      () => ({ status: 0, text: '' }),
    );
    expect([0, 500]).toContain(outcome.status);
    expect(outcome.text).not.toContain('seal');
  });

  it('closes the file when the caller leaves', async () => {
    harness.store.makeStream = () => new Readable({ read: () => undefined });
    for (let index = 0; index < 20; index += 1) {
      const leaving = new AbortController();
      const answer = harness.ask(link, { role: null, signal: leaving.signal });
      while (harness.store.streams.length <= index) await new Promise((resolve) => setTimeout(resolve, 5));
      leaving.abort();
      await expect(answer).rejects.toThrow();
    }
    for (const stream of harness.store.streams) {
      if (!stream.destroyed) await new Promise((resolve) => stream.once('close', resolve));
    }
    expect(harness.store.streams.every((stream) => stream.destroyed)).toBe(true);
  });

  it('closes the file for a caller that stops reading, and reads no further ahead than buffers hold', async () => {
    let made = 0;
    harness.store.makeStream = () =>
      new Readable({
        read() {
          made += 65_536;
          this.push(Buffer.alloc(65_536));
        },
      });
    const socket = connect(harness.gateway.port, '127.0.0.1', () => {
      socket.write(`GET ${link} HTTP/1.1\r\nHost: x\r\n\r\n`);
      socket.pause();
    });
    socket.on('error', () => undefined);
    while (harness.store.streams[0]?.destroyed !== true)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(made).toBeLessThan(50_000_000);
    socket.destroy();
  });

  it('closes a file that was opened too late', async () => {
    let give: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      jest.spyOn(harness.store, 'read').mockImplementationOnce(() => {
        resolve();
        return new Promise((opened) => {
          give = () => {
            harness.store.streams.push(new Readable({ read: () => undefined }));
            opened(harness.store.streams[0]!);
          };
        });
      });
    });
    const socket = connect(harness.gateway.port, '127.0.0.1', () => {
      socket.write(`GET ${link} HTTP/1.1\r\nHost: x\r\n\r\n`);
    });
    await asked;
    const { localPort } = socket;
    socket.destroy();
    // Only once the gateway knows that nobody waits any more the file comes too late.
    while (heldBySomebody(localPort)) await new Promise((resolve) => setTimeout(resolve, 5));
    give();
    while (harness.store.streams[0]?.destroyed !== true)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(harness.store.streams).toHaveLength(1);
  });
});

/** Whether this process, in which the gateway runs, still has the other end of a connection from that port. */
function heldBySomebody(remotePort: number | undefined): boolean {
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles: () => unknown[] };
  return handles
    .call(process)
    .some((handle) => (handle as Partial<Socket> | null)?.remotePort === remotePort);
}
