import { datasetsList, exportGet, queryRun, type RunQuery } from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { exchange, mustBeProblem, rawRequest, type RawAnswer } from './raw-http.js';
import { JOB_ID, queryAnswer, succeededJob } from './sample-answers.js';

const BODY_LIMIT = 4_096;
const JSON_TYPE = 'Content-Type: application/json';
const QUERY = '/api/v1/query';

describe('odd requests', () => {
  let harness: Harness;
  let auth: string;
  beforeAll(async () => {
    harness = await startHarness({ config: { bodyLimit: BODY_LIMIT } });
    auth = `Authorization: Bearer ${await harness.issuer.token({ roles: ['exporter'] })}`;
  });
  afterAll(() => harness.stop());
  beforeEach(() => {
    harness.bus.reset();
    harness.bus.on(queryRun, () => queryAnswer);
    harness.bus.on(datasetsList, () => []);
    harness.bus.on(exportGet, () => succeededJob);
  });

  /** Sends text as it is and answers what came back; refusals must be problem documents. */
  async function send(text: string | Buffer): Promise<RawAnswer[]> {
    const answers = await exchange(harness.gateway.port, text);
    for (const answer of answers) if (answer.status >= 400) mustBeProblem(answer, String(text).slice(0, 300));
    return answers;
  }
  const statuses = async (text: string | Buffer) => (await send(text)).map(({ status }) => status);
  const post = (headers: readonly string[], body: string | Buffer = '{}') =>
    rawRequest({ method: 'POST', target: QUERY, headers, body });
  /** A request whose framing is written out by the test. */
  const framed = (headers: readonly string[], rest: string) =>
    `POST ${QUERY} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${[auth, JSON_TYPE, ...headers].join('\r\n')}\r\n\r\n${rest}`;

  describe('content types', () => {
    it.each([
      'text/plain',
      'text/json',
      'application/jsonx',
      'application/json5',
      'application/x-json',
      'application/ld+json',
      'application/json\ta',
      'application/json a',
      'application/json,text/plain',
      'application/json;charset=utf-16',
      'application/json;charset=latin1',
      'application/json; charset=utf-8; charset=utf-16',
      'application/json;;',
      'application/json; x=1',
      'application/json;charset',
      'application',
      'application/',
      '/json',
      '*/*',
      'json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=a',
      ';application/json',
      '"application/json"',
    ])('refuse %j', async (type) => {
      expect(await statuses(post([auth, `Content-Type: ${type}`]))).toEqual([415]);
      expect(harness.bus.asked).toEqual([]);
    });

    it('are refused when there is none, or two', async () => {
      expect(await statuses(post([auth]))).toEqual([415]);
      expect(await statuses(post([auth, JSON_TYPE, 'Content-Type: text/plain']))).toEqual([415]);
    });

    it.each([
      'application/json',
      'Application/JSON',
      'application/json;charset=utf-8',
      'application/json ; charset="UTF-8"',
    ])('take %j', async (type) => {
      expect(await statuses(post([auth, `Content-Type: ${type}`]))).toEqual([200]);
    });
  });

  describe('framing', () => {
    it.each([
      ['two lengths', ['Content-Length: 2', 'Content-Length: 3'], '{}x'],
      ['the same length twice', ['Content-Length: 2', 'Content-Length: 2'], '{}'],
      ['a list of lengths', ['Content-Length: 2, 2'], '{}'],
      ['a length and chunks', ['Content-Length: 2', 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'],
      ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 2'], '2\r\n{}\r\n0\r\n\r\n'],
      ['a negative length', ['Content-Length: -1'], '{}'],
      ['a signed length', ['Content-Length: +2'], '{}'],
      ['a length in hexadecimal', ['Content-Length: 0x2'], '{}'],
      ['a huge length', ['Content-Length: 99999999999999999999'], '{}'],
      ['an unknown coding', ['Transfer-Encoding: xchunked'], '2\r\n{}\r\n0\r\n\r\n'],
      ['chunks not last', ['Transfer-Encoding: chunked, identity'], '2\r\n{}\r\n0\r\n\r\n'],
      ['a blank before the colon', ['Transfer-Encoding : chunked'], '2\r\n{}\r\n0\r\n\r\n'],
      ['a bad chunk size', ['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'],
      ['a chunk longer than its size', ['Transfer-Encoding: chunked'], '1\r\n{}\r\n0\r\n\r\n'],
      ['a folded header', ['X-A: 1\r\n Content-Length: 2'], '{}'],
      ['a NUL in a header', ['X-A: a\0b'], ''],
    ])('is refused: %s', async (_name, headers, rest) => {
      const seen = await statuses(framed(headers, `${rest}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`));
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.filter((status) => status < 400 || status >= 500)).toEqual([]);
    });

    it('takes chunks, and nothing from their trailers', async () => {
      const rest = `2\r\n{}\r\n0\r\n${auth}\r\nX-HTTP-Method-Override: GET\r\n\r\n`;
      const chunked = ['Transfer-Encoding: chunked', 'Trailer: Authorization'];
      expect(await statuses(framed(chunked, rest))).toEqual([200]);
      expect(await statuses(framed(chunked, rest).replace(`${auth}\r\n`, ''))).toEqual([401]);
    });

    it('names the limit of a body, announced or not, and asks a stranger for none of it', async () => {
      const large = `"${'x'.repeat(BODY_LIMIT)}"`;
      const chunk = `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`;
      for (const text of [post([auth, JSON_TYPE], large), framed(['Transfer-Encoding: chunked'], chunk)]) {
        const [answer] = await send(text);
        expect(JSON.parse(answer?.body ?? '')).toMatchObject({
          code: 'body-too-large',
          detail: 'The body is larger than 4096 bytes.',
          limit: { name: 'bodyBytes', value: BODY_LIMIT },
        });
      }
      expect(await statuses(post([JSON_TYPE], large))).toEqual([401]);
      expect(await statuses(post([auth, JSON_TYPE], `"${'x'.repeat(BODY_LIMIT - 2)}"`))).toEqual([200]);
    });

    it('asks for a body only when it is wanted', async () => {
      const expecting = ['Expect: 100-continue', JSON_TYPE];
      expect(await statuses(post([auth, ...expecting]))).toEqual([100, 200]);
      expect(await statuses(post(expecting))).toEqual([401]);
      expect(await statuses(post([auth, JSON_TYPE, 'Expect: the unexpected']))).toEqual([200]);
    });

    it.each(['HEAD', 'OPTIONS', 'DELETE', 'GET'])('does not mind a body with %s', async (method) => {
      const bytes = rawRequest({
        method,
        target: '/api/v1/datasets',
        headers: [auth, JSON_TYPE],
        body: '{"a":1}',
      });
      const [answer] = await exchange(harness.gateway.port, bytes, method);
      expect(answer?.status).toBe(['HEAD', 'GET'].includes(method) ? 200 : 405);
    });
  });

  describe('who asks', () => {
    const get = (headers: readonly string[], target = '/api/v1/datasets') =>
      rawRequest({ method: 'GET', target, headers });

    it('is told by one bearer token in one header, and by nothing else', async () => {
      const token = auth.slice('Authorization: Bearer '.length);
      const basic = Buffer.from('ca-viewer:secret').toString('base64');
      const refused = [
        [auth, auth],
        [auth, 'Authorization: Bearer x'],
        ['Authorization: Bearer x', auth],
        [`${auth}, Bearer ${token}`],
        [`${auth} ${token}`],
        [`${auth},${token}`],
        [`Authorization: Basic ${basic}`],
        [`Authorization: ${token}`],
        [`Authorization: Bearer\t${token}`],
        [`Authorization: Token ${token}`],
        [`Cookie: access_token=${token}; token=${token}`],
        [`Proxy-Authorization: Bearer ${token}`],
        [`X-Authorization: Bearer ${token}`],
        [`X-Access-Token: ${token}`],
        ['Authorization:'],
        ['Authorization: Bearer'],
      ];
      for (const headers of refused)
        expect([headers, await statuses(get(headers))]).toEqual([headers, [401]]);
      expect(await statuses(get([], `/api/v1/datasets?access_token=${token}`))).toEqual([401]);
      for (const scheme of ['bearer', 'BEARER']) {
        expect(await statuses(get([auth.replace('Bearer', scheme)]))).toEqual([200]);
      }
    });

    it('is judged anew for each request of a connection', async () => {
      const one = `GET /api/v1/datasets HTTP/1.1\r\nHost: x\r\n`;
      const pipelined = `${one}${auth}\r\n\r\n${one}\r\n${one}${auth}\r\nConnection: close\r\n\r\n`;
      expect(await statuses(pipelined)).toEqual([200, 401, 200]);
    });

    it('cannot change method, path or address by a header', async () => {
      const odd = [
        'X-HTTP-Method-Override: DELETE',
        'X-HTTP-Method: DELETE',
        'X-Method-Override: DELETE',
        'X-Original-URL: /healthz',
        'X-Rewrite-URL: /healthz',
        'X-Forwarded-For: 203.0.113.9',
        'X-Real-IP: 203.0.113.9',
        'Forwarded: for=203.0.113.9;host=elsewhere.test',
        'X-Forwarded-Host: elsewhere.test',
        'X-Forwarded-Proto: https',
      ];
      expect(await statuses(post([auth, JSON_TYPE, ...odd]))).toEqual([200]);
      const asked = harness.bus.asked.at(-1)?.message as RunQuery;
      expect(asked.origin.address).toBe('127.0.0.1');
      expect(await statuses(post([JSON_TYPE, ...odd]))).toEqual([401]);
    });

    it('cannot have links made for another host', async () => {
      const target = `/api/v1/exports/${JOB_ID}`;
      const text = (first: string, host: string) =>
        `GET ${first} HTTP/1.1\r\nHost: ${host}\r\n${auth}\r\nX-Forwarded-Host: elsewhere.test\r\nConnection: close\r\n\r\n`;
      for (const [first, host] of [
        [target, 'elsewhere.test'],
        [`http://elsewhere.test${target}`, 'x'],
      ] as const) {
        const [answer] = await send(text(first, host));
        expect(answer?.status).toBe(200);
        expect(answer?.body).toContain('http://sluice.test/api/v1/exports/');
        expect(JSON.stringify(answer)).not.toContain('elsewhere');
      }
    });
  });

  it('asks for exactly one host, as HTTP/1.1 does', async () => {
    const get = (version: string, hosts: string) =>
      `GET /api/v1/datasets HTTP/${version}\r\n${hosts}${auth}\r\nConnection: close\r\n\r\n`;
    expect(await statuses(get('1.1', ''))).toEqual([400]);
    expect(await statuses(get('1.1', 'Host: a\r\nHost: b\r\n'))).toEqual([400]);
    expect(await statuses(get('1.0', ''))).toEqual([200]);
    expect(await statuses(get('1.0', '').replace(`${auth}\r\n`, ''))).toEqual([401]);
    expect(await statuses(get('0.9', 'Host: a\r\n'))).toEqual([400]);
    expect(await statuses(get('2.0', 'Host: a\r\n'))).toEqual([400]);
  });

  it.each([
    ['OPTIONS *', [404]],
    ['TRACE /api/v1/query', [405]],
    ['PUT /api/v1/query', [405]],
    ['PATCH /api/v1/exports', [405]],
    ['PROPFIND /api/v1/query', [405]],
    ['FOO /api/v1/query', [400]],
    ['get /api/v1/query', [400]],
    ['CONNECT x:1', []],
    ['GET  /api/v1/query', [400]],
    ['GET api/v1/query', [400]],
  ])('answers %s', async (start, expected) => {
    expect(await statuses(`${start} HTTP/1.1\r\nHost: x\r\n${auth}\r\nConnection: close\r\n\r\n`)).toEqual(
      expected,
    );
  });

  it('ignores an upgrade', async () => {
    const headers = [auth, 'Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13'];
    expect(await statuses(rawRequest({ method: 'GET', target: '/api/v1/datasets', headers }))).toEqual([200]);
  });

  it('bounds all headers together, and a path', async () => {
    const many = Array.from({ length: 3_000 }, (_, at) => `X-${String(at)}: y`);
    expect(await statuses(rawRequest({ method: 'GET', target: '/healthz', headers: many }))).toEqual([431]);
    expect(await statuses(rawRequest({ method: 'GET', target: `/${'x'.repeat(17_000)}` }))).toEqual([431]);
    const name = `/api/v1/datasets/${'x'.repeat(5_000)}`;
    expect(await statuses(rawRequest({ method: 'GET', target: name, headers: [auth] }))).toEqual([404]);
  });
});
