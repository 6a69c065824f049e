import { connect } from 'node:net';
import {
  datasetsList,
  queryRun,
  exportGet,
  exportCancel,
  exportSubmit,
  datasetsDescribe,
} from '@sluice/contracts';
import { exportSPKI, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, CompactEncrypt } from 'jose';
import { startHarness, type Harness } from './gateway-harness.js';

const now = () => Math.floor(Date.now() / 1_000);

describe('authentication', () => {
  let harness: Harness;
  beforeAll(async () => (harness = await startHarness()));
  afterAll(() => harness.stop());
  beforeEach(() => {
    harness.bus.reset();
    harness.bus.on(datasetsList, () => []);
    harness.audit.records.length = 0;
    harness.audit.failing = false;
  });

  const askWith = (token: string) =>
    harness.ask('/api/v1/datasets', { headers: { authorization: `Bearer ${token}` } });

  it.each([
    ['an access token', {}, {}],
    ['a token of the plain type', {}, { typ: 'JWT' }],
    ['a token with the long form of its type', {}, { typ: 'application/at+jwt' }],
    ['one of several audiences', { aud: ['other', 'http://sluice.test/api'] }, {}],
  ])('takes %s', async (_name, claims, header) => {
    expect((await askWith(await harness.issuer.token(claims, header))).status).toBe(200);
  });

  it('takes a token of a clock that is some seconds behind', async () => {
    expect((await askWith(await harness.issuer.token({ exp: now() - 5 }))).status).toBe(200);
  });

  const forged: [string, () => Promise<string>][] = [
    ['an expired one', () => harness.issuer.token({ exp: now() - 60 })],
    ['one without an end', () => harness.issuer.token({ exp: undefined } as never)],
    ['one that is not yet good', () => harness.issuer.token({ nbf: now() + 300 })],
    ['one for somebody else', () => harness.issuer.token({ aud: 'http://other.test/api' })],
    ['one for nobody', () => harness.issuer.token({ aud: undefined } as never)],
    ['one of another issuer', () => harness.issuer.token({ iss: 'http://evil.test/' })],
    [
      'one whose issuer lacks the slash',
      () => harness.issuer.token({ iss: harness.issuer.issuer.slice(0, -1) }),
    ],
    ['one without a subject', () => harness.issuer.token({ sub: undefined } as never)],
    ['an identity token', () => harness.issuer.token({}, { typ: 'id+jwt' })],
    ['one without a type', () => harness.issuer.token({}, { typ: undefined } as never)],
    ['a logout token', () => harness.issuer.token({}, { typ: 'logout+jwt' })],
    ['one of an unknown key id', () => harness.issuer.token({}, { kid: '../../etc/passwd' })],
    ['one with a critical extension', () => harness.issuer.token({}, { crit: ['x'], x: 1 } as never)],
    [
      'one signed with another key',
      async () => harness.issuer.token({}, {}, (await generateKeyPair('RS256')).privateKey),
    ],
    [
      'one that brings its own key',
      async () => {
        const pair = await generateKeyPair('RS256');
        return harness.issuer.token({}, { jwk: await exportJWK(pair.publicKey) }, pair.privateKey);
      },
    ],
    [
      'one that points to its own keys',
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        const header = { jku: 'http://127.0.0.1:9/keys', x5u: 'http://127.0.0.1:9/cert' };
        return harness.issuer.token({}, header, privateKey);
      },
    ],
    ['one without a signature', () => Promise.resolve(new UnsecuredJWT({ sub: 'ann' }).encode())],
    ['one with a cut signature', async () => (await harness.issuer.token()).replace(/\.[^.]*$/, '.')],
    [
      'one signed with the public key as a shared secret',
      async () => {
        const key = Buffer.from(await exportSPKI(harness.issuer.publicKey));
        return harness.issuer.token({}, { alg: 'HS256' }, key);
      },
    ],
    [
      'one of an algorithm that is not listed',
      async () => {
        const { privateKey } = await generateKeyPair('RS512');
        return new SignJWT({ sub: 'ann' }).setProtectedHeader({ alg: 'RS512', kid: 'k1' }).sign(privateKey);
      },
    ],
    [
      'an encrypted one',
      () =>
        new CompactEncrypt(Buffer.from('{}'))
          .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', zip: 'DEF' } as never)
          .encrypt(harness.issuer.publicKey)
          .catch(() => 'a.b.c.d.e'),
    ],
    ['a text', () => Promise.resolve('token')],
    ['dots', () => Promise.resolve('..')],
    ['a long one', async () => harness.issuer.token({ padding: 'x'.repeat(8_192) })],
  ];

  it.each(forged)('refuses %s, and records it', async (_name, make) => {
    const answer = await askWith(await make());
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
    expect(await answer.json()).toMatchObject({
      code: 'unauthenticated',
      detail: 'The token is not valid, or no longer.',
    });
    expect(harness.bus.asked).toEqual([]);
    expect(harness.audit.records).toMatchObject([
      { action: 'denied', code: 'unauthenticated', subject: null },
    ]);
  });

  it.each([undefined, '', 'Basic YTpi', 'Bearer', 'Bearer a b', 'Bearer ünï'])(
    'asks for a token when the header is %j',
    async (authorization) => {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await harness.ask('/api/v1/datasets', { role: null, headers }).catch(() => null);
      // fetch itself refuses text that no header can hold.
      if (answer === null) return;
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer realm="sluice"');
    },
  );

  it('refuses a token without a tenant or a role of ours with 403, and records it', async () => {
    const untenanted = await askWith(await harness.issuer.token({ tenants: [] }));
    expect(await untenanted.json()).toMatchObject({ status: 403, code: 'tenant-required' });
    const powerless = await askWith(await harness.issuer.token({ roles: ['root'] }));
    expect(await powerless.json()).toMatchObject({ status: 403, code: 'role-required' });
    expect(harness.audit.records.map(({ code }) => code)).toEqual(['tenant-required', 'role-required']);
  });

  it('does not tell a refusal that cannot be recorded', async () => {
    harness.audit.failing = true;
    const answer = await askWith('forged');
    expect(await answer.json()).toMatchObject({ status: 503, code: 'audit-unavailable' });
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });

  it('asks the provider for its keys once, however many unknown key ids come', async () => {
    await askWith(await harness.issuer.token());
    const before = harness.issuer.served;
    for (let index = 0; index < 20; index += 1)
      await askWith(await harness.issuer.token({}, { kid: `x${String(index)}` }));
    expect(harness.issuer.served - before).toBeLessThanOrEqual(1);
  });

  it('answers 503 when the keys cannot be had', async () => {
    const cold = await startHarness();
    cold.issuer.available = false;
    expect((await cold.ask('/api/v1/datasets')).status).toBe(503);
    cold.issuer.available = true;
    cold.bus.on(datasetsList, () => []);
    expect((await cold.ask('/api/v1/datasets')).status).toBe(200);
    await cold.stop();
  });
});

/** Sends the request target as it is; every client library would tidy it. */
function raw(port: number, method: string, target: string, headers = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`);
    });
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => {
      resolve(text);
    });
    socket.on('error', reject);
  });
}

describe('paths', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    for (const rpc of [queryRun, exportGet, exportCancel, exportSubmit, datasetsList, datasetsDescribe]) {
      harness.bus.on(rpc as typeof datasetsList, () => []);
    }
  });
  afterAll(() => harness.stop());

  const GUARDED = [
    '/api/v1/query',
    '/api/v1/exports',
    '/api/v1/datasets',
    '/api/v1/datasets/flights',
    '/api/v1/exports/0190b3c4-1111-7222-8333-444455556666',
    '/api/v1/exports/0190b3c4-1111-7222-8333-444455556666/events',
  ];
  const MUTATIONS: [string, (path: string) => string][] = [
    ['as it is', (path) => path],
    ['with a slash at the end', (path) => `${path}/`],
    ['with two slashes at the start', (path) => `/${path}`],
    ['with two slashes inside', (path) => path.replace('/v1/', '//v1//')],
    ['escaped', (path) => path.replace('api', '%61pi')],
    ['escaped twice', (path) => path.replace('api', '%2561pi')],
    ['with a semicolon', (path) => `${path};x=1`],
    ['with a semicolon inside', (path) => path.replace('/v1', ';x/v1')],
    ['in upper case', (path) => path.toUpperCase()],
    ['with dots', (path) => path.replace('/v1', '/x/../v1')],
    ['with escaped dots', (path) => path.replace('/v1', '/x/%2e%2e/v1')],
    ['with an escaped slash', (path) => path.replace('/v1', '%2fv1')],
    ['with a backslash', (path) => path.replace('/v1', '\\v1')],
    ['in absolute form', (path) => `http://x${path}`],
    ['without its slash', (path) => path.slice(1)],
    ['with a star', (path) => `*${path.slice(1)}`],
    ['with a query', (path) => `${path}?x=/healthz`],
    ['with a fragment', (path) => `${path}#/healthz`],
    ['below an open path', (path) => `/healthz/..${path}`],
    ['below the docs', (path) => `/docs/..${path}`],
  ];

  it.each(MUTATIONS)('never let a stranger through, %s', async (_name, mutate) => {
    for (const path of GUARDED) {
      for (const method of ['GET', 'HEAD', 'POST', 'QUERY', 'DELETE', 'OPTIONS']) {
        const answer = await raw(harness.gateway.port, method, mutate(path));
        const status = Number(answer.split(' ')[1]);
        expect([400, 401, 404, 405, 415]).toContain(status);
      }
    }
    expect(harness.bus.asked).toEqual([]);
  });

  it('hold nothing open that is not meant to be', async () => {
    const open = new Set(['/healthz', '/readyz', '/metrics', '/api/v1/exports/:id/file']);
    for (const { template, methods } of harness.gateway.routes) {
      if (template.startsWith('/docs') || open.has(template)) continue;
      for (const method of methods) {
        const answer = await raw(
          harness.gateway.port,
          method,
          template.replace(':id', 'x').replace(':name', 'x'),
          'Content-Type: application/json\r\nContent-Length: 0\r\n',
        );
        expect(`${method} ${template} ${answer.split(' ')[1] ?? ''}`).toMatch(/ (401|400)$/);
      }
    }
  });
});
