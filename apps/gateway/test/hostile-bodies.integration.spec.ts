import { exportSubmit, queryRun, SluiceError, type RunQuery } from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { exchange, mustBeProblem, rawRequest, type RawAnswer } from './raw-http.js';
import { JOB_ID, pendingJob, queryAnswer } from './sample-answers.js';

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');

describe('odd bodies', () => {
  let harness: Harness;
  let auth: string;
  const prototypeBefore = Object.getOwnPropertyNames(Object.prototype).sort();
  beforeAll(async () => {
    harness = await startHarness();
    auth = `Authorization: Bearer ${await harness.issuer.token({ roles: ['exporter'] })}`;
  });
  afterAll(() => harness.stop());
  beforeEach(() => {
    harness.bus.reset();
    harness.bus.on(queryRun, () => queryAnswer);
    harness.bus.on(exportSubmit, () => ({ job: pendingJob, created: true }));
    harness.bus.otherwise = () => {
      throw new SluiceError('unknown-dataset', 'There is no such dataset.');
    };
  });
  afterEach(() => {
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(prototypeBefore);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  async function send(method: string, target: string, body?: string | Buffer): Promise<RawAnswer> {
    const headers = [auth, ...(body === undefined ? [] : ['Content-Type: application/json'])];
    const bytes = rawRequest({ method, target, headers, ...(body !== undefined && { body }) });
    const [answer] = await exchange(harness.gateway.port, bytes, method);
    if (answer === undefined) throw new Error(`${method} ${target} had no answer.`);
    if (answer.status >= 400)
      mustBeProblem(answer, `${method} ${target} ${String(body).slice(0, 200)}`, method);
    return answer;
  }

  const REFUSED: readonly [string, string | Buffer, string, string?][] = [
    ['a key twice', '{"a":{"b":1,"b":2}}', 'invalid-json', '/a/b'],
    ['a key twice, once escaped', String.raw`{"ab":1,"\u0061b":2}`, 'invalid-json', '/ab'],
    ['__proto__', '{"a":[{"__proto__":{"polluted":1}}]}', 'invalid-json', '/a/0/__proto__'],
    ['__proto__, escaped', String.raw`{"\u005f_proto__":{"polluted":1}}`, 'invalid-json', '/__proto__'],
    ['half a surrogate pair', String.raw`{"a":"\ud800"}`, 'invalid-json', '/a'],
    ['half a surrogate pair as a key', String.raw`{"\udc00":1}`, 'invalid-json'],
    ['a pair the wrong way round', String.raw`{"a":"\udc00\ud800"}`, 'invalid-json', '/a'],
    ['2^53 + 1', '{"a":9007199254740993}', 'invalid-request', '/a'],
    ['a number of 400 digits', `{"a":${'9'.repeat(400)}}`, 'invalid-request', '/a'],
    ['a number beyond a double', '{"a":1e400}', 'invalid-request', '/a'],
    ['not a number', '{"a":NaN}', 'invalid-json'],
    ['infinity', '{"a":Infinity}', 'invalid-json'],
    ['a leading zero', '{"a":01}', 'invalid-json'],
    ['hexadecimal', '{"a":0x10}', 'invalid-json'],
    ['single quotes', "{'a':1}", 'invalid-json'],
    ['a comment', '{"a":1/**/}', 'invalid-json'],
    ['a comma too many', '{"a":1,}', 'invalid-json'],
    ['two values', '{}{}', 'invalid-json'],
    ['half a value', '{"a":', 'invalid-json'],
    ['blanks alone', ' \n\t', 'invalid-json'],
    ['a raw NUL', '{"a":"\0"}', 'invalid-json'],
    ['a raw line end in a text', '{"a":"\n"}', 'invalid-json'],
    ['73 levels', `{"a":${deep(72)}}`, 'limit-exceeded'],
    ['100,000 levels', deep(100_000), 'limit-exceeded'],
    ['100,000 levels that do not end', '['.repeat(100_000), 'invalid-json'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'invalid-json'],
    ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'invalid-json'],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'invalid-json'],
    ['half a letter at the end', Buffer.from([0x22, 0xc3]), 'invalid-json'],
    ['UTF-16', utf16('{"page":{"limit":1}}'), 'invalid-json'],
    ['gzip', Buffer.from('1f8b08000000000000', 'hex'), 'invalid-json'],
  ];

  it.each(REFUSED)('are refused with the place: %s', async (_name, ...row) => {
    const [body, code, pointer] = row;
    for (const target of ['/api/v1/query', '/api/v1/exports']) {
      const answer = await send('POST', target, body);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toMatchObject({ code, ...(pointer !== undefined && { pointer }) });
    }
    expect(harness.bus.asked).toEqual([]);
  });

  it('name the depth that is allowed', async () => {
    const answer = await send('POST', '/api/v1/query', deep(73));
    expect(JSON.parse(answer.body)).toMatchObject({ limit: { name: 'depth', value: 72 } });
    expect((await send('POST', '/api/v1/query', deep(72))).status).toBe(200);
  });

  it.each([
    ['a byte order mark', '\uFEFF{"a":1}', { a: 1 }],
    ['a text of 50 kB', `{"a":"${'é'.repeat(25_000)}"}`, { a: 'é'.repeat(25_000) }],
    ['an escaped NUL', String.raw`{"a":"\u0000"}`, { a: '\0' }],
    ['a whole surrogate pair', String.raw`{"a":"\ud83d\ude00"}`, { a: '😀' }],
    ['2^53', '{"a":9007199254740992}', { a: 2 ** 53 }],
    ['the names of methods as keys', '{"toString":1,"hasOwnProperty":2}', { toString: 1, hasOwnProperty: 2 }],
  ])('pass as they are: %s', async (_name, body, read) => {
    expect((await send('POST', '/api/v1/query', body)).status).toBe(200);
    expect((harness.bus.asked.at(-1)?.message as RunQuery).body).toEqual(read);
  });

  it('are read in odd shapes of a megabyte, too', async () => {
    const keys = Array.from({ length: 80_000 }, (_, at) => `"k${String(at)}":1`).join();
    const shapes = [
      `{${keys}}`,
      `[${'1,'.repeat(500_000)}1]`,
      `["${String.raw`\\`.repeat(260_000)}"]`,
      `{"a":"${String.raw`\"`.repeat(500_000)}"}`,
      `[${' '.repeat(1_000_000)}]`,
      `[${'9'.repeat(1_000_000)}]`,
    ];
    for (const body of shapes) {
      const { status } = await send('POST', '/api/v1/query', body);
      expect(status).toBeLessThan(500);
    }
  });

  describe('in q', () => {
    const q = (text: string) => `/api/v1/query?q=${encodeURIComponent(text)}`;
    it.each([
      ['/api/v1/query?q={}&q={}', 'invalid-request'],
      ['/api/v1/query?q=%7B%7D&q', 'invalid-request'],
      ['/api/v1/query?q[]={}', 'invalid-request'],
      ['/api/v1/query?q[a]=1', 'invalid-request'],
      ['/api/v1/query?Q={}', 'invalid-request'],
      ['/api/v1/query?q={}&x=1', 'invalid-request'],
      ['/api/v1/query?q={}&__proto__[polluted]=1', 'invalid-request'],
      ['/api/v1/query?__proto__.polluted=1', 'invalid-request'],
      ['/api/v1/query?q=', 'invalid-json'],
      ['/api/v1/query?q', 'invalid-json'],
      ['/api/v1/query?q=%00', 'invalid-json'],
      ['/api/v1/query?q=%7B%7D%00', 'invalid-json'],
      ['/api/v1/query?q=%ff%fe', 'invalid-json'],
      ['/api/v1/query?q=%7', 'invalid-json'],
      ['/api/v1/query?q=%u007b', 'invalid-json'],
      ['/api/v1/query?', 'invalid-request'],
      ['/api/v1/query?&&&', 'invalid-request'],
      [q('{"__proto__":{"polluted":1}}'), 'invalid-json'],
      [q('{"a":1,"a":2}'), 'invalid-json'],
    ])('refuses %s', async (target, code) => {
      const answer = await send('GET', target);
      expect([answer.status, (JSON.parse(answer.body) as { code: string }).code]).toEqual([400, code]);
      expect(harness.bus.asked).toEqual([]);
    });

    it('reads a plus as a blank and %2B as a plus', async () => {
      expect((await send('GET', '/api/v1/query?q=%7B%22a%22:%22x+y%2Bz%22%7D')).status).toBe(200);
      expect((harness.bus.asked.at(-1)?.message as RunQuery).body).toEqual({ a: 'x y+z' });
    });
  });

  it('never reach the prototype of all objects, on any route', async () => {
    const poison = '{"polluted":1}';
    const payloads = [
      `{"__proto__":${poison}}`,
      `{"constructor":{"prototype":${poison}}}`,
      `{"prototype":${poison}}`,
      `[{"__proto__":${poison}}]`,
      `{"a":{"__proto__":${poison}}}`,
      `{"a":{"constructor":{"prototype":${poison}}}}`,
      String.raw`{"__pro\u0074o__":{"polluted":1}}`,
      `{"__proto__.polluted":1}`,
      `{"__proto__[polluted]":1}`,
      `{"constructor.prototype.polluted":1}`,
      `{"__defineGetter__":"polluted"}`,
      `{"__proto__":null}`,
      `{"filter":{"column":"__proto__","op":"eq","value":1}}`,
      `{"select":["__proto__","constructor"]}`,
      `{"dataset":"__proto__","page":{"limit":1}}`,
    ];
    const found: string[] = [];
    for (const { template, methods } of harness.gateway.routes) {
      const path = template
        .replace(':id', JOB_ID)
        .replaceAll(/:\w+/g, '__proto__')
        .replaceAll('*', '__proto__');
      for (const method of methods) {
        for (const payload of payloads) {
          const query = `?__proto__[polluted]=1&constructor.prototype.polluted=1&q=${encodeURIComponent(payload)}`;
          for (const [target, body] of [
            [path, payload],
            [path + query, undefined],
          ] as const) {
            const { status } = await send(method, target, body);
            if (status >= 500) found.push(`${String(status)} for ${method} ${target} ${payload}`);
          }
        }
      }
    }
    expect(found).toEqual([]);
  });
});
