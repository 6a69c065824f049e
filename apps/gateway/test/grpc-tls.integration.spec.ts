import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { credentials, status } from '@grpc/grpc-js';
import {
  datasetsList,
  exportGet,
  exportSubmit,
  queryRun,
  type Principal,
  type RunQuery,
} from '@sluice/contracts';
import { createDataSource, createScratchDatabase, migrate, type ScratchDatabase } from '@sluice/metadata-db';
import { type DataSource } from 'typeorm';
import { createClient, revokeClient } from '../src/index.js';
import { TestAuthority, writePems, type KeyAndCertificate } from './certificates.js';
import { startHarness, type Harness } from './gateway-harness.js';
import { GrpcClient, readAll } from './grpc-client.js';
import { pageAs, queryAnswer, succeededJob } from './sample-answers.js';

jest.setTimeout(120_000);

const lastPage = {
  hasMore: false,
  next: null,
  totalRows: 1,
  totalIsExact: true,
  cached: false,
  queryId: 'q1',
  dataVersion: 'd1',
};
const uri = (id: string) => ({ type: 'url', value: `sluice://client/${id}` }) as const;

describe('gRPC with mutual TLS', () => {
  let database: ScratchDatabase;
  let dataSource: DataSource;
  let authority: TestAuthority;
  let pems: Awaited<ReturnType<typeof writePems>>;
  let harness: Harness;
  const open: GrpcClient[] = [];

  beforeAll(async () => {
    database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
    dataSource = await createDataSource({
      url: database.url,
      poolSize: 4,
      connectTimeoutMs: 30_000,
      statementTimeoutMs: 30_000,
    });
    await migrate(dataSource);
    authority = await TestAuthority.create();
    const server = await authority.issue('gateway', [
      { type: 'ip', value: '127.0.0.1' },
      { type: 'dns', value: 'gateway.test' },
    ]);
    pems = await writePems({ cert: server.cert, key: server.key, ca: authority.cert });
    const files = { certFile: pems.file('cert'), keyFile: pems.file('key'), clientCaFile: pems.file('ca') };
    harness = await startHarness({
      dataSource,
      config: { grpc: { host: '127.0.0.1', port: 0, tls: files } },
    });
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
    harness.bus.reset();
    harness.audit.records.length = 0;
  });
  afterAll(async () => {
    await harness.stop();
    await dataSource.destroy();
    await database.drop();
    await pems.remove();
  });

  function clientWith(shown: KeyAndCertificate | null): GrpcClient {
    const { key = null, cert = null } = shown ?? {};
    const client = new GrpcClient(
      `127.0.0.1:${String(harness.gateway.grpcPort)}`,
      credentials.createSsl(authority.cert, key, cert),
      // Node warns of a server's name that is an address.
      { 'grpc.ssl_target_name_override': 'gateway.test' },
    );
    open.push(client);
    return client;
  }

  const newClient = (clientId: string) =>
    createClient(dataSource, { clientId, tenants: ['CA'], roles: ['viewer'], claims: { region: 'west' } });
  const deadline = () => ({ options: { deadline: Date.now() + 60_000 } });
  const list = (client: GrpcClient, asked: object = {}) =>
    client.ask('QueryService/ListDatasets', {}, { ...deadline(), ...asked });

  it('takes the certificate of a registered client for its token', async () => {
    const asked: Principal[] = [];
    harness.bus.on(datasetsList, ({ principal }) => {
      asked.push(principal);
      return [];
    });
    await newClient('reports');
    expect((await list(clientWith(await authority.issue('anything', [uri('reports')])))).code).toBe(
      status.OK,
    );
    expect((await list(clientWith(await authority.issue('reports')))).code).toBe(status.OK);
    const principal = {
      subject: 'reports',
      clientId: 'reports',
      tenants: ['CA'],
      roles: ['viewer'],
      claims: { region: 'west' },
    };
    expect(asked).toEqual([principal, principal]);
  });

  it('refuses a certificate that names no client, or several, and records that', async () => {
    await newClient('known');
    const nobody = [
      await authority.issue('stranger'),
      await authority.issue('known', [uri('stranger')]),
      await authority.issue('known', [uri('known'), uri('other')]),
      await authority.issue('known', [uri('a, URI:sluice://client/known')]),
      await authority.issue('x', [{ type: 'dns', value: 'a, URI:sluice://client/known' }]),
    ];
    for (const shown of nobody) {
      expect(await list(clientWith(shown))).toMatchObject({
        code: status.UNAUTHENTICATED,
        details: 'The certificate names no client.',
      });
    }
    expect(harness.audit.records.map(({ code }) => code)).toEqual(nobody.map(() => 'unauthenticated'));
    expect(harness.bus.asked).toEqual([]);
  });

  it('looks at a token before the certificate', async () => {
    await newClient('both');
    const client = clientWith(await authority.issue('both'));
    expect((await list(client, { token: 'bad' })).code).toBe(status.UNAUTHENTICATED);
  });

  it('puts a revoked client out at once, also in the middle of a stream', async () => {
    await newClient('short-lived');
    const client = clientWith(await authority.issue('x', [uri('short-lived')]));
    harness.bus.on(datasetsList, () => []);
    expect((await list(client)).code).toBe(status.OK);
    let pages = 0;
    harness.bus.on(queryRun, async (_: RunQuery) => {
      pages += 1;
      if (pages === 3) await revokeClient(dataSource, 'short-lived');
      return pageAs('ndjson');
    });
    const query = Buffer.from('{"page":{"limit":1}}');
    const stream = client.stream('QueryService/QueryPages', { query, form: 'PAGE_FORM_NDJSON' }, deadline());
    const { messages, end } = await readAll(stream);
    expect(messages).toHaveLength(3);
    expect(end).toMatchObject({
      code: status.UNAUTHENTICATED,
      trailers: { 'sluice-code': 'unauthenticated' },
    });
    expect((await list(client)).code).toBe(status.UNAUTHENTICATED);
    expect(harness.audit.records).toHaveLength(2);
  });

  it('lets nobody connect without a certificate of the configured authority', async () => {
    const other = await TestAuthority.create('Another authority');
    const past = await authority.issue('reports', [uri('reports')], -1_000);
    for (const shown of [null, await other.issue('reports', [uri('reports')]), past]) {
      expect((await list(clientWith(shown))).code).toBe(status.UNAVAILABLE);
    }
    expect(harness.audit.records).toEqual([]);
  });

  it('serves the client of the docs, which shows a certificate and no token', async () => {
    await newClient('docs');
    const shown = await authority.issue('docs');
    const own = await writePems({ ca: authority.cert, cert: shown.cert, key: shown.key });
    harness.bus.on(queryRun, ({ form }) =>
      form === 'json' ? { ...queryAnswer, facts: lastPage } : { ...pageAs('ndjson'), facts: lastPage },
    );
    harness.bus.on(exportSubmit, () => ({ job: succeededJob, created: true }));
    harness.bus.on(exportGet, () => succeededJob);
    const root = join(__dirname, '../../..');
    const docs = await readFile(join(root, 'docs/grpc.md'), 'utf8');
    const [, script = ''] = /```js\n([\s\S]*?)```/.exec(docs) ?? [];
    const running = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      timeout: 100_000,
      env: {
        ...process.env,
        SLUICE_ADDRESS: `127.0.0.1:${String(harness.gateway.grpcPort)}`,
        SLUICE_PROTOS: 'libs/contracts/proto',
        SLUICE_CA: own.file('ca'),
        SLUICE_CERT: own.file('cert'),
        SLUICE_KEY: own.file('key'),
      },
    });
    const { stdout } = await running;
    await own.remove();
    expect(stdout.split('\n')).toEqual([
      'one page: 1 rows of 1',
      'all pages: 1 rows',
      expect.stringMatching(/^file: EXPORT_STATE_SUCCEEDED 2 rows at http:/),
      '',
    ]);
  });

  it('speaks TLS 1.3 and nothing older', async () => {
    const shown = await authority.issue('reports');
    const dial = async (maxVersion: 'TLSv1.2' | 'TLSv1.3') => {
      const socket = connectTls({
        port: harness.gateway.grpcPort!,
        host: '127.0.0.1',
        ca: authority.cert,
        servername: 'gateway.test',
        ...shown,
        ALPNProtocols: ['h2'],
        maxVersion,
      });
      const [outcome] = (await Promise.race([once(socket, 'secureConnect'), once(socket, 'error')]).catch(
        (error: unknown) => [error],
      )) as [Error | undefined];
      const protocol = outcome === undefined ? socket.getProtocol() : outcome;
      socket.destroy();
      return protocol;
    };
    expect(await dial('TLSv1.3')).toBe('TLSv1.3');
    expect(await dial('TLSv1.2')).toMatchObject({
      code: expect.stringContaining('PROTOCOL_VERSION') as unknown,
    });
  });
});

describe('certificates that cannot be used', () => {
  it('are named at the start, and not repeated', async () => {
    const authority = await TestAuthority.create();
    const [one, two] = [await authority.issue('one'), await authority.issue('two')];
    const pems = await writePems({ cert: one.cert, key: two.key, text: Buffer.from('no certificate') });
    const start = (tls: object) =>
      startHarness({
        config: { grpc: { host: '127.0.0.1', port: 0, tls: { clientCaFile: null, ...tls } as never } },
      });
    await expect(start({ certFile: pems.file('none'), keyFile: pems.file('text') })).rejects.toMatchObject({
      problems: [
        'SLUICE_GRPC_CERT_FILE names a file that cannot be read.',
        'SLUICE_GRPC_KEY_FILE names a file that is not PEM.',
      ],
    });
    await expect(start({ certFile: pems.file('cert'), keyFile: pems.file('key') })).rejects.toMatchObject({
      problems: [expect.stringContaining('SLUICE_GRPC_CERT_FILE and SLUICE_GRPC_KEY_FILE are not usable')],
    });
    await pems.remove();
  });
});
