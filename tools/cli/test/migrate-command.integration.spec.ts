import { createScratchDatabase, MIGRATIONS, ScratchDatabase } from '@sluice/metadata-db';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { runCli } from '../src/index.js';

const PROGRAM = join(__dirname, '../bin/sluice.js');
const names = MIGRATIONS.map((migration) => new migration().name);

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let database: ScratchDatabase;
beforeEach(async () => {
  database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
});
afterEach(() => database.drop());

/** The command as a process of its own. */
function asProcess(...args: string[]): Promise<Outcome> {
  const env = { PATH: process.env['PATH'], SLUICE_POSTGRES_URL: database.url };
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

async function inProcess(url: string, signal: AbortSignal, ...args: string[]): Promise<Outcome> {
  let [out, err] = ['', ''];
  const code = await runCli(args, {
    env: { SLUICE_POSTGRES_URL: url },
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    signal,
  });
  return { code, out, err };
}

const never = new AbortController().signal;

describe('sluice migrate', () => {
  it('applies each migration once, however many processes run it at once on an empty database', async () => {
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => asProcess('migrate')));
    expect(outcomes.map(({ code, err }) => ({ code, err }))).toEqual(
      outcomes.map(() => ({ code: 0, err: '' })),
    );
    const applied = outcomes.flatMap(({ out }) => (JSON.parse(out) as { applied: string[] }).applied);
    expect(applied).toEqual(names);
    expect(await asProcess('migrate', '--check')).toMatchObject({ code: 0, err: '' });
  });

  it('only looks when it is asked to, and fails while something is to be done', async () => {
    const { code, out, err } = await inProcess(database.url, never, 'migrate', '--check');
    expect({ code, state: JSON.parse(out) as object }).toEqual({
      code: 1,
      state: { pending: names, unknown: [], incompatible: [] },
    });
    expect(err).toMatch(/^sluice: The database lacks .*: run "sluice migrate"\.\n$/);
    expect((await inProcess(database.url, never, 'migrate', '--check')).code).toBe(1);
  });

  it('waits for a database that is not there yet for as long as it is told to', async () => {
    const url = await unusedUrl();
    const refused = await inProcess(url, never, 'migrate');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/^sluice: Postgres at .* cannot be used: .*ECONNREFUSED/);
    expect(refused.err).not.toContain('hunter2');
    const stop = new AbortController();
    const waiting = inProcess(url, stop.signal, 'migrate', '--wait', '3600');
    stop.abort('SIGTERM');
    expect(await waiting).toMatchObject({ code: 143, out: '' });
  });

  it('refuses a time that is none', async () => {
    const refused = await inProcess(database.url, never, 'migrate', '--wait', 'long');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('from 0 to 3600');
  });
});

/** An address where nothing listens. */
async function unusedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return `postgres://ada:hunter2@127.0.0.1:${port}/nothing`;
}
