import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datasetsList } from '@sluice/contracts';
import { createDataSource, createScratchDatabase, migrate, type ScratchDatabase } from '@sluice/metadata-db';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { type DataSource } from 'typeorm';
import { createClient, findClient, renewSecret } from '../src/index.js';
import { hashSecret } from '../src/issuer/hash-secret.js';
import { PUBLIC_URL, startHarness, type Harness } from './gateway-harness.js';

describe('built-in issuer', () => {
  let database: ScratchDatabase;
  let dataSource: DataSource;
  let harness: Harness;
  let folder: string;
  let keysFile: string;
  let secret: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-issuer-'));
    keysFile = join(folder, 'keys.json');
    database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
    dataSource = await createDataSource({
      url: database.url,
      poolSize: 4,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 5_000,
    });
    await migrate(dataSource);
    ({ clientSecret: secret } = await createClient(dataSource, {
      clientId: 'ca-viewer',
      tenants: ['CA'],
      roles: ['viewer'],
    }));
    harness = await start();
  });
  afterAll(async () => {
    await harness.stop();
    await dataSource.destroy();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  function start(): Promise<Harness> {
    const issuer = { kind: 'built-in' as const, audience: `${PUBLIC_URL}/api`, keysFile };
    return startHarness({ dataSource, config: { issuer } });
  }

  const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    harness.ask('/oauth/token', { role: null, method: 'POST', headers, body: new URLSearchParams(fields) });
  const basic = (id: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
  });
  const grant = { grant_type: 'client_credentials' };

  async function tokenOf(id: string, password: string): Promise<string> {
    const answer = await form(grant, basic(id, password));
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  const askWith = async (token: string, at = harness) => {
    at.bus.on(datasetsList, () => []);
    return (await at.ask('/api/v1/datasets', { headers: { authorization: `Bearer ${token}` } })).status;
  };

  it('gives a token for the secret, in a header or in the form', async () => {
    for (const answer of [
      await form(grant, basic('ca-viewer', secret)),
      await form({ ...grant, client_id: 'ca-viewer', client_secret: secret }),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toContain('no-store');
      expect(answer.headers.get('x-request-id')).toBeTruthy();
      const body = (await answer.json()) as { access_token: string };
      expect(body).toEqual({
        access_token: expect.any(String) as string,
        expires_in: 900,
        token_type: 'Bearer',
      });
      expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
      const claims = decodeJwt(body.access_token);
      expect(claims).toMatchObject({
        iss: PUBLIC_URL,
        aud: `${PUBLIC_URL}/api`,
        sub: 'ca-viewer',
        client_id: 'ca-viewer',
        tenants: ['CA'],
        roles: ['viewer'],
      });
      expect(claims.exp! - claims.iat!).toBe(900);
      expect(await askWith(body.access_token)).toBe(200);
    }
  });

  it.each([
    ['a wrong secret', grant, () => basic('ca-viewer', 'wrong'), 401, 'invalid_client'],
    ['an unknown client', grant, () => basic('nobody', 'wrong'), 401, 'invalid_client'],
    [
      'the stored hash as the secret',
      grant,
      () => basic('ca-viewer', 'scrypt%2416384'),
      401,
      'invalid_client',
    ],
    ['a NUL in the name', grant, () => basic('a%00b', 'wrong'), 400, 'invalid_request'],
    [
      'another grant',
      { grant_type: 'password' },
      () => basic('ca-viewer', secret),
      400,
      'unsupported_grant_type',
    ],
    ['no grant', {}, () => basic('ca-viewer', secret), 400, 'invalid_request'],
    [
      'another audience',
      { ...grant, resource: 'http://other.test' },
      () => basic('ca-viewer', secret),
      400,
      'invalid_target',
    ],
  ])('refuses %s in the words of RFC 6749', async (_name, fields, headers, status, error) => {
    const answer = await form(fields as Record<string, string>, headers());
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error });
  });

  it('answers JSON even to who prefers HTML', async () => {
    const answer = await form(grant, { ...basic('ca-viewer', 'wrong'), accept: 'text/html' });
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toMatchObject({ error: 'invalid_client' });
  });

  it('refuses a body that is no form, and a form that is too large', async () => {
    const headers = { ...basic('ca-viewer', secret), 'content-type': 'application/json' };
    const answer = await harness.ask('/oauth/token', { role: null, method: 'POST', headers, body: '{}' });
    expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
    expect((await form({ ...grant, x: 'y'.repeat(100_000) }, basic('ca-viewer', secret))).status).toBe(400);
  });

  it.each([
    '/oauth/auth',
    '/auth',
    '/me',
    '/token',
    '/request',
    '/token/introspection',
    '/reg',
    '/session/end',
    '/jwks',
  ])('serves nothing else: %s', async (path) => {
    for (const method of ['GET', 'POST']) expect((await harness.ask(path, { method })).status).toBe(404);
  });

  it('tells where its endpoints and keys are', async () => {
    const discovery = await harness.ask('/.well-known/openid-configuration', { role: null });
    expect(await discovery.json()).toMatchObject({
      issuer: PUBLIC_URL,
      token_endpoint: `${PUBLIC_URL}/oauth/token`,
      jwks_uri: `${PUBLIC_URL}/oauth/jwks`,
    });
    const { keys } = (await (await harness.ask('/oauth/jwks', { role: null })).json()) as { keys: object[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: 'EC', alg: 'ES256', use: 'sig' });
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('keeps its key in a closed file, so that tokens outlive a restart', async () => {
    expect((await stat(keysFile)).mode & 0o777).toBe(0o600);
    const token = await tokenOf('ca-viewer', secret);
    const second = await start();
    expect(await askWith(token, second)).toBe(200);
    await second.stop();
  });

  it('does not start on a key file that holds no keys, and does not repeat it', async () => {
    const text = await readFile(keysFile, 'utf8');
    const { d } = (JSON.parse(text) as { keys: { d: string }[] }).keys[0]!;
    const { chmod, writeFile } = await import('node:fs/promises');
    await writeFile(keysFile, text.replace('"P-256"', '"P-999"'));
    await expect(start()).rejects.toThrow('does not hold a set of private ES256 keys');
    await start().catch((error: unknown) => {
      expect(String(error)).not.toContain(d);
    });
    await writeFile(keysFile, text);
    await chmod(keysFile, 0o600);
  });

  it('keeps no secret, and refuses a name that is taken or odd', async () => {
    const [row] = await dataSource.query<{ secret_hash: string }[]>('select * from oauth_client');
    expect(row?.secret_hash).toMatch(/^scrypt\$/);
    expect(JSON.stringify(row)).not.toContain(secret);
    const client = { clientId: 'ca-viewer', tenants: ['CA'], roles: ['viewer'] } as const;
    await expect(createClient(dataSource, client)).rejects.toThrow('already');
    await expect(createClient(dataSource, { ...client, clientId: "x' or 1=1" })).rejects.toThrow('letters');
    expect(await findClient(dataSource, 'ca-viewer')).toEqual(client);
    expect(await findClient(dataSource, 'nobody')).toBeNull();
    expect(await findClient(dataSource, 'a\0b')).toBeNull();
  });

  it('takes the secret before a rotation until its time is over', async () => {
    const { clientSecret: old } = await createClient(dataSource, {
      clientId: 'rotating',
      tenants: ['CA'],
      roles: ['viewer'],
    });
    await dataSource.query(
      `update oauth_client set previous_secret_hash = secret_hash, secret_hash = $1,
         previous_expires_at = clock_timestamp() + interval '1 hour' where client_id = 'rotating'`,
      [await hashSecret('new secret')],
    );
    await tokenOf('rotating', old);
    await tokenOf('rotating', 'new secret');
    await dataSource.query(
      `update oauth_client set previous_expires_at = clock_timestamp() where client_id = 'rotating'`,
    );
    expect((await form(grant, basic('rotating', old))).status).toBe(401);
    await tokenOf('rotating', 'new secret');
  });

  it('renews a secret, which ends the old one at once, and only for a live client', async () => {
    const client = { clientId: 'renewed', tenants: ['CA'], roles: ['viewer'] } as const;
    const { clientSecret: old } = await createClient(dataSource, client);
    const { clientSecret } = await renewSecret(dataSource, 'renewed');
    expect((await form(grant, basic('renewed', old))).status).toBe(401);
    await tokenOf('renewed', clientSecret);
    await expect(renewSecret(dataSource, 'nobody')).rejects.toThrow('no client');
  });

  it('gives a revoked client nothing, and refuses the tokens it holds', async () => {
    const { clientSecret } = await createClient(dataSource, {
      clientId: 'leaving',
      tenants: ['CA'],
      roles: ['viewer'],
    });
    const token = await tokenOf('leaving', clientSecret);
    await dataSource.query(
      `update oauth_client set revoked_at = clock_timestamp() where client_id = 'leaving'`,
    );
    expect((await form(grant, basic('leaving', clientSecret))).status).toBe(401);
    // Asked for the first time, so nothing is remembered.
    expect(await askWith(token)).toBe(401);
  });

  it('is ready with its database, and names it when it is away', async () => {
    expect(await (await harness.ask('/readyz', { role: null })).json()).toEqual({
      status: 'ready',
      notReady: [],
    });
    const cut = { ...dataSource, query: () => Promise.reject(new Error('gone')) } as unknown as DataSource;
    const issuer = { kind: 'built-in' as const, audience: `${PUBLIC_URL}/api`, keysFile };
    const lonely = await startHarness({ dataSource: cut, config: { issuer } });
    expect(await (await lonely.ask('/readyz', { role: null })).json()).toMatchObject({
      notReady: ['postgres'],
    });
    const [headers, body] = [basic('ca-viewer', secret), new URLSearchParams(grant)];
    const answer = await lonely.ask('/oauth/token', { role: null, method: 'POST', headers, body });
    expect({ status: answer.status, later: answer.headers.get('retry-after') }).toEqual({
      status: 503,
      later: '1',
    });
    expect(await answer.json()).toMatchObject({ error: 'temporarily_unavailable' });
    await lonely.stop();
  });
});
