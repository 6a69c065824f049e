import { findClient } from '@sluice/gateway';
import { createDataSource, createScratchDatabase, ScratchDatabase } from '@sluice/metadata-db';
import { runCli } from '../src/index.js';

let database: ScratchDatabase;

beforeAll(async () => {
  database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
});
afterAll(() => database.drop());

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function sluice(...args: string[]): Promise<Outcome> {
  let [out, err] = ['', ''];
  const code = await runCli(args, {
    env: { SLUICE_POSTGRES_URL: database.url },
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

describe('sluice client', () => {
  it('changes no schema: it says what is to be done first', async () => {
    const refused = await sluice('client', 'create', 'early', '--tenant', 'CA', '--role', 'viewer');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/^sluice: The database lacks .*: run "sluice migrate"\.\n$/);
    expect(await sluice('migrate')).toMatchObject({ code: 0, err: '' });
  });

  it('makes a client, renews its secret and ends it', async () => {
    const made = await sluice(
      'client',
      'create',
      'reports',
      '--tenant',
      'CA',
      'TX',
      '--role',
      'viewer',
      'exporter',
    );
    expect(made).toMatchObject({ code: 0, err: '' });
    const { clientSecret, ...client } = JSON.parse(made.out) as { clientSecret: string };
    expect(client).toEqual({ clientId: 'reports', tenants: ['CA', 'TX'], roles: ['viewer', 'exporter'] });
    const renewed = JSON.parse((await sluice('client', 'renew', 'reports')).out) as { clientSecret: string };
    expect(renewed.clientSecret).not.toBe(clientSecret);
    expect(renewed.clientSecret).toMatch(/^[\w-]{43}$/);
    expect(JSON.parse((await sluice('client', 'revoke', 'reports')).out)).toEqual({
      clientId: 'reports',
      revoked: true,
    });
    const dataSource = await createDataSource({
      url: database.url,
      poolSize: 1,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 5_000,
    });
    await expect(findClient(dataSource, 'reports')).resolves.toBeNull();
    await dataSource.destroy();
  });

  it('keeps the claims of a client', async () => {
    const claims = ['--claim', 'region=West', '--claim', 'region=East=1', 'level=3'];
    const made = await sluice(
      'client',
      'create',
      'claiming',
      '--tenant',
      'CA',
      '--role',
      'viewer',
      ...claims,
    );
    expect(JSON.parse(made.out)).toMatchObject({ claims: { region: ['West', 'East=1'], level: ['3'] } });
  });

  it.each([
    [['client', 'revoke', 'nobody'], 'sluice: There is no client "nobody".\n'],
    [['client', 'renew', 'nobody'], 'sluice: There is no client "nobody".\n'],
    [['client', 'create', 'a b', '--tenant', 'CA', '--role', 'viewer'], 'sluice: A client id has 1 to 100'],
    [
      ['client', 'create', 'x', '--tenant', 'CA', '--role', 'root'],
      'A role is one of viewer, exporter, admin.',
    ],
    [
      ['client', 'create', 'x', '--tenant', 'CA', '--role', 'viewer', '--claim', 'region'],
      'A claim is written name=value.',
    ],
    [
      ['client', 'create', 'x', '--tenant', 'CA', '--role', 'viewer', '--claim', 'tenant=TX'],
      'none of subject, client, tenant',
    ],
    [['client', 'create', 'x', '--role', 'viewer'], "required option '--tenant <tenant...>' not specified"],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await sluice(...args);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  it('says that it needs a database', async () => {
    let err = '';
    const terminal = {
      env: {},
      stdout: { write: () => true },
      stderr: { write: (text: string) => (err += text) },
    };
    const code = await runCli(['client', 'revoke', 'x'], {
      ...terminal,
      signal: new AbortController().signal,
    });
    expect({ code, err }).toEqual({
      code: 1,
      err: 'sluice: SLUICE_POSTGRES_URL is not set, but required.\n',
    });
  });
});
