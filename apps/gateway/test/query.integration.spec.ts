import { request as httpRequest } from 'node:http';
import {
  queryRun,
  datasetsDescribe,
  datasetsList,
  queryExplain,
  SluiceError,
  type RunQuery,
} from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { explanation, pageAs, queryAnswer, queryText } from './sample-answers.js';

const BODY = { dataset: 'flights', page: { limit: 1 } };
const json = { 'content-type': 'application/json' };

describe('query routes', () => {
  let harness: Harness;
  beforeAll(async () => (harness = await startHarness()));
  afterAll(() => harness.stop());
  beforeEach(() => {
    harness.bus.reset();
    harness.audit.records.length = 0;
    harness.bus.on(queryRun, () => queryAnswer);
  });

  const lastQuery = () => harness.bus.asked.at(-1)?.message as RunQuery;

  /** `fetch` refuses a body with GET; plain HTTP does not. */
  async function send(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ status: number; text: string }> {
    const token = await harness.issuer.token();
    const headers = { ...(body !== undefined && json), authorization: `Bearer ${token}` };
    return new Promise((resolve, reject) => {
      const sent = httpRequest(harness.url + path, { method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
        });
      });
      sent.on('error', reject);
      // Node sends no length of its own for the body of a GET.
      if (body !== undefined) sent.setHeader('content-length', Buffer.byteLength(body));
      sent.end(body);
    });
  }

  it.each([
    ['POST', '/api/v1/query', JSON.stringify(BODY)],
    ['QUERY', '/api/v1/query', JSON.stringify(BODY)],
    ['GET', '/api/v1/query', JSON.stringify(BODY)],
    ['GET', `/api/v1/query?q=${encodeURIComponent(JSON.stringify(BODY))}`, undefined],
  ])('answers %s %s', async (method, path, body) => {
    expect(await send(method, path, body)).toEqual({ status: 200, text: queryText });
    expect(lastQuery()).toMatchObject({
      body: BODY,
      principal: { subject: 'ann', clientId: 'app', tenants: ['CA'], roles: ['viewer'] },
      origin: { address: '127.0.0.1' },
      ifNoneMatch: null,
      noCache: false,
    });
  });

  it('passes bytes, tag and conditions through', async () => {
    const headers = {
      ...json,
      'if-none-match': '"e1"',
      'cache-control': 'no-cache',
      'x-request-id': 'mine-1',
    };
    const answer = await harness.ask('/api/v1/query', {
      method: 'POST',
      headers,
      body: JSON.stringify(BODY),
    });
    expect(await answer.text()).toContain('9007199254740993');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      etag: '"e1"',
      'cache-control': 'private, no-store',
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'mine-1',
    });
    expect(lastQuery()).toMatchObject({
      ifNoneMatch: '"e1"',
      noCache: true,
      origin: { requestId: 'mine-1' },
    });
  });

  const post = (headers: Record<string, string> = {}, path = '/api/v1/query') =>
    harness.ask(path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(BODY) });

  it('passes a large body on piece by piece, with its length', async () => {
    const pieces = ['{"rows":[', `"${'é'.repeat(400_000)}"`, ']}'].map((text) => Buffer.from(text));
    harness.bus.on(queryRun, () => ({ ...queryAnswer, body: pieces }));
    const answer = await post();
    const whole = Buffer.concat(pieces);
    expect(answer.headers.get('content-length')).toBe(String(whole.byteLength));
    expect(whole.equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);
  });

  it('answers 304 without a body', async () => {
    harness.bus.on(queryRun, () => ({ ...queryAnswer, status: 304 as const, body: [] }));
    const answer = await harness.ask('/api/v1/query', {
      method: 'POST',
      headers: json,
      body: JSON.stringify(BODY),
    });
    expect(answer.status).toBe(304);
    expect(answer.headers.get('etag')).toBe('"e1"');
    expect(await answer.text()).toBe('');
  });

  it.each(['csv', 'ndjson'] as const)(
    'answers in the form %s, with what it has no place for in headers',
    async (form) => {
      harness.bus.on(queryRun, (request) => pageAs(request.form as typeof form));
      const sample = pageAs(form);
      const answer = await post({ accept: `text/html, ${sample.contentType.split(';')[0] ?? ''}` });
      expect(await answer.text()).toBe(Buffer.concat(sample.body).toString());
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': sample.contentType,
        vary: 'Accept',
        'sluice-has-more': 'true',
        'sluice-next-cursor': 'cursor-1',
        'sluice-total-rows': '7',
        'sluice-total-is-exact': 'true',
        'sluice-data-version': 'd1',
      });
    },
  );

  it('refuses a form that it does not have, records that, and asks nobody', async () => {
    const answer = await post({ accept: 'text/html' });
    expect(answer.status).toBe(406);
    expect(answer.headers.get('vary')).toBe('Accept');
    expect(await answer.json()).toMatchObject({ code: 'not-acceptable' });
    expect(harness.bus.asked).toEqual([]);
    expect(harness.audit.records).toMatchObject([{ action: 'denied', code: 'not-acceptable' }]);
  });

  it('passes on how long the caller waits, and says so', async () => {
    const answer = await post({ prefer: 'wait=20' });
    expect(lastQuery()).toMatchObject({ timeoutMs: 20_000, form: 'json' });
    expect(answer.headers.get('preference-applied')).toBe('wait=20');
    const other = await post({ prefer: 'wait=9999' });
    expect(lastQuery()).not.toHaveProperty('timeoutMs');
    expect(other.headers.get('preference-applied')).toBeNull();
  });

  it('answers HEAD as GET, without the body', async () => {
    const path = `/api/v1/query?q=${encodeURIComponent(JSON.stringify(BODY))}`;
    const answer = await harness.ask(path, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('etag'), await answer.text()]).toEqual([200, '"e1"', '']);
    expect(lastQuery()).toMatchObject({ body: BODY });
  });

  it('explains', async () => {
    harness.bus.on(queryExplain, () => explanation);
    const answer = await post({}, '/api/v1/query/explain');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    expect(await answer.json()).toEqual(explanation);
    expect(harness.bus.asked.at(-1)?.message).toMatchObject({ body: BODY, principal: { subject: 'ann' } });
  });

  it('replaces an odd request id', async () => {
    const answer = await harness.ask('/healthz', { headers: { 'x-request-id': 'a b"c' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    [json, '{"a":1,"a":2}', 400, 'invalid-json', '/a'],
    [json, '{"page":{"limit":90071992547409931}}', 400, 'invalid-request', '/page/limit'],
    [json, '{', 400, 'invalid-json', undefined],
    [json, '', 400, 'invalid-request', undefined],
    [{ 'content-type': 'text/plain' }, '{}', 415, 'unsupported-media-type', undefined],
    [{ 'content-type': 'application/json\ta' }, '{}', 415, 'unsupported-media-type', undefined],
    [
      { 'content-type': 'application/x-www-form-urlencoded' },
      'a=1',
      415,
      'unsupported-media-type',
      undefined,
    ],
    [json, `"${'x'.repeat(1_048_576)}"`, 413, 'body-too-large', undefined],
  ])('refuses %j, case %#, and records it', async (headers, body, status, code, pointer) => {
    const answer = await harness.ask('/api/v1/query', { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ code, status, ...(pointer !== undefined && { pointer }) });
    expect(harness.bus.asked).toEqual([]);
    expect(harness.audit.records).toMatchObject([
      { action: 'denied', code, status, requestId: answer.headers.get('x-request-id') },
    ]);
  });

  it('leaves the record of a service’s refusal to the service', async () => {
    harness.bus.on(queryRun, () => {
      throw new SluiceError('tenant-forbidden', 'The tenant is not yours.', { pointer: '/filter' });
    });
    const answer = await harness.ask('/api/v1/query', { method: 'POST', headers: json, body: '{}' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      code: 'tenant-forbidden',
      pointer: '/filter',
      instance: '/api/v1/query',
    });
    expect(harness.audit.records).toEqual([]);
  });

  it('says when to come back', async () => {
    harness.bus.on(queryRun, () => {
      throw new SluiceError('overloaded', 'Later.', { retryAfter: 3 });
    });
    const answer = await harness.ask('/api/v1/query', { method: 'POST', headers: json, body: '{}' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('3');
  });

  it('says nothing of a fault', async () => {
    harness.bus.on(queryRun, () => {
      throw new Error('password of the broker');
    });
    const answer = await harness.ask('/api/v1/query', { method: 'POST', headers: json, body: '{}' });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('password');
  });

  it('takes the question back when the caller goes away', async () => {
    let seen: (signal: AbortSignal) => void;
    const asked = new Promise<AbortSignal>((resolve) => (seen = resolve));
    harness.bus.on(queryRun, (_message, { signal }) => {
      seen(signal!);
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new SluiceError('query-canceled', 'Gone.'));
        });
      });
    });
    const leaving = new AbortController();
    const answer = harness.ask('/api/v1/query', {
      method: 'POST',
      headers: json,
      body: '{}',
      signal: leaving.signal,
    });
    const signal = await asked;
    expect(signal.aborted).toBe(false);
    leaving.abort();
    await expect(answer).rejects.toThrow('abort');
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else
        signal.addEventListener('abort', () => {
          resolve();
        });
    });
  });

  it('answers the datasets', async () => {
    harness.bus.on(datasetsList, () => [{ name: 'flights', description: 'd', default: true }]);
    harness.bus.on(datasetsDescribe, ({ name }) => {
      throw new SluiceError('unknown-dataset', `No ${name}.`);
    });
    const list = await harness.ask('/api/v1/datasets');
    expect(await list.json()).toEqual({ datasets: [{ name: 'flights', description: 'd', default: true }] });
    expect((await harness.ask('/api/v1/datasets/none')).status).toBe(404);
  });
});
