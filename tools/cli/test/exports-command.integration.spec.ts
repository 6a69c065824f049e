import { createDataSource, createScratchDatabase, migrate, ScratchDatabase } from '@sluice/metadata-db';
import { exportKey, LocalObjectStore, manifestKey } from '@sluice/object-store';
import { deriveKey } from '@sluice/service-kit';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { runCli } from '../src/index.js';

const SECRET = 'a secret of the test that is long enough';

describe('sluice exports purge', () => {
  let database: ScratchDatabase;
  let dataSource: DataSource;
  let home: string;
  let store: LocalObjectStore;
  /** Beside what each call needs. */
  let settings: Record<string, string> = {};

  beforeAll(async () => {
    database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
    const pool = { poolSize: 2, connectTimeoutMs: 30_000, statementTimeoutMs: 30_000 };
    dataSource = await createDataSource({ url: database.url, ...pool });
    await migrate(dataSource);
    home = await mkdtemp(join(tmpdir(), 'sluice-purge-'));
    store = await LocalObjectStore.open({ folder: join(home, 'exports'), key: deriveKey(SECRET, 'store') });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });

  async function sluice(...args: string[]) {
    let [out, err] = ['', ''];
    const code = await runCli(['exports', 'purge', '--home', home, ...args], {
      env: { SLUICE_POSTGRES_URL: database.url, SLUICE_SECRET: SECRET, ...settings },
      stdout: { write: (text: string) => (out += text) },
      stderr: { write: (text: string) => (err += text) },
      signal: new AbortController().signal,
    });
    return { code, out, err };
  }

  /** A job that finished so long ago, with its file in the store; its time is over after 30 days. */
  async function finished(daysAgo: number): Promise<() => Promise<boolean>> {
    const jobId = randomUUID();
    const key = exportKey({ tenant: 'CA', jobId, attempt: 1, name: `flights-${jobId}.csv` });
    for (const file of [key, manifestKey(key)]) {
      const staged = await store.stage(file, Readable.from([Buffer.from('a')]), AbortSignal.timeout(60_000));
      await staged.publish();
    }
    const spec = { format: 'csv', compression: null };
    await dataSource.query(
      `insert into export_job (id, tenant, client_id, subject, principal, origin, spec, dataset, output_columns, query_hash,
          dedupe_key, state, attempt, run_after, wake_at, manifest, file_name, file_expires_at, tidy_at, created_at, finished_at)
        select $1, 'CA', 'c', 's', '{}', '{}', $2, 'flights', '[]', 'q', 'd', 'Succeeded', 1, at, at, $3, 'f',
          at + interval '30 days', at + interval '30 days', at, at
          from (select clock_timestamp() - $4 * interval '1 day' as at) times`,
      [jobId, JSON.stringify(spec), JSON.stringify({ attempt: 1 }), daysAgo],
    );
    return () =>
      store.read(key).then(
        (stream) => (stream.destroy(), true),
        () => false,
      );
  }

  it('removes what is past its time, with --older-than more, and leaves the jobs', async () => {
    const files = [await finished(31), await finished(20), await finished(1)];
    const there = () => Promise.all(files.map((isThere) => isThere()));
    expect(await sluice()).toEqual({ code: 0, err: '', out: '{\n  "expired": 0,\n  "due": 0\n}\n' });
    expect(await there()).toEqual([false, true, true]);
    expect(JSON.parse((await sluice('--older-than', '10')).out)).toEqual({ expired: 1, due: 0 });
    expect(await there()).toEqual([false, false, true]);
    expect(JSON.parse((await sluice('--older-than', '0')).out)).toEqual({ expired: 1, due: 0 });
    expect(await there()).toEqual([false, false, false]);
    expect(await dataSource.query(`select count(*)::integer as jobs from export_job`)).toEqual([{ jobs: 3 }]);
  });

  it('removes them from the store that is set', async () => {
    await finished(31);
    const deleted: string[] = [];
    const s3 = createServer((request, response) => {
      deleted.push(`${String(request.method)} ${new URL(request.url ?? '', 'http://s3').pathname}`);
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
    settings = {
      SLUICE_STORE: 's3',
      SLUICE_S3_BUCKET: 'exports',
      SLUICE_S3_ENDPOINT: `http://127.0.0.1:${String((s3.address() as AddressInfo).port)}`,
      SLUICE_S3_PATH_STYLE: 'true',
      SLUICE_S3_ACCESS_KEY_ID: 'id',
      SLUICE_S3_SECRET_ACCESS_KEY: 'key',
    };
    const purged = await sluice();
    settings = {};
    s3.closeAllConnections();
    s3.close();
    expect(purged).toMatchObject({ code: 0, err: '' });
    expect(deleted).toHaveLength(2);
    expect(deleted.every((call) => call.startsWith('DELETE /exports/CA/'))).toBe(true);
  });

  it('refuses a store without its settings', async () => {
    settings = { SLUICE_STORE: 's3' };
    const refused = await sluice();
    settings = {};
    expect(refused).toMatchObject({ err: expect.stringContaining('SLUICE_S3_BUCKET') });
    expect(refused.code).not.toBe(0);
  });

  it('says what is wrong with the days', async () => {
    expect(await sluice('--older-than', 'x')).toMatchObject({
      code: 1,
      err: expect.stringContaining('0 to 3650'),
    });
  });
});
