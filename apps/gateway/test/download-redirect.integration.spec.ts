import { exportGet, exportResolveDownload, SluiceError } from '@sluice/contracts';
import { type LinkedFile } from '@sluice/object-store';
import { PUBLIC_URL, startHarness, type Harness } from './gateway-harness.js';
import { JOB_ID, succeededJob } from './sample-answers.js';

const STORE_LINK = 'https://store.example/exports/k1?signature=abc%2B';

describe('download route over a store that makes links', () => {
  let harness: Harness;
  let link: string;
  const linked: { key: string; file: LinkedFile }[] = [];
  let fault: SluiceError | null = null;

  beforeAll(async () => {
    harness = await startHarness();
    Object.assign(harness.store, {
      link: (key: string, file: LinkedFile) => {
        linked.push({ key, file });
        return fault === null ? Promise.resolve(new URL(STORE_LINK)) : Promise.reject(fault);
      },
    });
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    harness.bus.reset();
    linked.length = 0;
    fault = null;
    harness.bus.on(exportGet, () => succeededJob);
    harness.bus.on(exportResolveDownload, () => ({
      key: 'k1',
      fileName: 'a b.csv',
      contentType: 'text/csv',
      bytes: 10,
    }));
    const job = (await (await harness.ask(`/api/v1/exports/${JOB_ID}`)).json()) as {
      result: { downloadUrl: string };
    };
    link = job.result.downloadUrl.replace(PUBLIC_URL, '');
  });

  const get = (path = link, init: RequestInit = {}) =>
    harness.ask(path, { role: null, redirect: 'manual', ...init });

  it('sends the caller there, and lets nobody keep the way', async () => {
    const answer = await get();
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(STORE_LINK);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    const disposition = `attachment; filename="a_b.csv"; filename*=UTF-8''a%20b.csv`;
    expect(linked).toEqual([{ key: 'k1', file: { disposition, contentType: 'text/csv' } }]);
    expect(harness.store.streams).toEqual([]);
  });

  it('asks for no link where a check before it fails', async () => {
    expect((await get(link.replace('tenant=CA', 'tenant=TX'))).status).toBe(403);
    expect((await get(link, { headers: { range: 'bytes=10-' } })).status).toBe(416);
    harness.bus.on(exportResolveDownload, () => {
      throw new SluiceError('link-expired', 'The file has expired.');
    });
    expect((await get()).status).toBe(410);
    expect(linked).toEqual([]);
  });

  it('answers HEAD itself', async () => {
    const answer = await get(link, { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe('10');
    expect(linked).toEqual([]);
  });

  it('tells that the store is away in words of its own', async () => {
    fault = new SluiceError('unavailable', 'The store of the files does not answer.');
    const answer = await get();
    expect(answer.status).toBe(503);
    expect(answer.headers.has('location')).toBe(false);
  });
});
