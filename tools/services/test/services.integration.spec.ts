import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { AddressInfo, connect, createServer, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const SCRIPT = join(__dirname, '..', 'services.mjs');

/** Where servers come in containers, their programs may be absent: then there is nothing to start them from. */
const itWithRedis = spawnSync('redis-server', ['--version']).status === 0 ? it : it.skip;
const itWithPostgres = existsSync('/usr/lib/postgresql') ? it : it.skip;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('services.mjs', () => {
  let folder: string;

  /** An engine that does not answer, before whatever this machine has. */
  function environment(changes: Record<string, string> = {}): NodeJS.ProcessEnv {
    const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_TEST_'));
    const path = `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
    return { ...Object.fromEntries(clean), PATH: path, TMPDIR: folder, ...changes };
  }

  function fakeDocker(script: string): void {
    const file = join(folder, 'bin', 'docker');
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  function start(
    args: readonly string[],
    changes?: Record<string, string>,
  ): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [SCRIPT, ...args], {
      env: environment(changes),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString()));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
    return { child, ended };
  }

  const run = (args: readonly string[], changes?: Record<string, string>): Promise<Ended> =>
    start(args, changes).ended;
  const leftovers = (): string[] => readdirSync(folder).filter((name) => name.startsWith('sluice-services-'));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-services-spec-'));
    chmodSync(folder, 0o711); // the Postgres user has to get through
    mkdirSync(join(folder, 'bin'));
    fakeDocker('exit 1');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  itWithRedis('starts a server from programs, gives its address to the command, and stops it', async () => {
    const show = 'process.stdout.write(process.env.SLUICE_TEST_REDIS_URL); process.exit(7)';
    const { code, out, err } = await run(['run', '--only', 'redis', '--', process.execPath, '-e', show]);
    expect(code).toBe(7);
    expect(out).toMatch(/^redis:\/\/:[0-9a-f]{36}@127\.0\.0\.1:\d+$/);
    expect(err).toContain('services: redis: ready at 127.0.0.1');
    await expect(isListening(Number(new URL(out).port))).resolves.toBe(false);
    expect(leftovers()).toEqual([]);
  });

  itWithPostgres('starts a Postgres that asks for its password', async () => {
    const show = 'process.stdout.write(process.env.SLUICE_TEST_POSTGRES_URL)';
    const { code, out } = await run(['run', '--only', 'postgres', '--', process.execPath, '-e', show]);
    expect(code).toBe(0);
    expect(out).toMatch(/^postgres:\/\/postgres:[0-9a-f]{36}@127\.0\.0\.1:\d+\/postgres$/);
    expect(leftovers()).toEqual([]);
  });

  itWithRedis('passes signals on, and stops its servers all the same', async () => {
    const wait =
      'process.stdout.write(process.env.SLUICE_TEST_REDIS_URL); setInterval(() => undefined, 1000)';
    const { child, ended } = start(['run', '--only', 'redis', '--', process.execPath, '-e', wait]);
    if (!child.stdout) throw new Error('no output');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    const { code, out } = await ended;
    expect(code).toBe(143);
    await expect(isListening(Number(new URL(out).port))).resolves.toBe(false);
    expect(leftovers()).toEqual([]);
  });

  itWithRedis('leaves no server behind when it is killed', async () => {
    const wait = 'process.stdout.write(process.env.SLUICE_TEST_REDIS_URL); setTimeout(() => undefined, 3000)';
    const { child, ended } = start(['run', '--only', 'redis', '--', process.execPath, '-e', wait]);
    if (!child.stdout) throw new Error('no output');
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    const { out } = await ended;
    const port = Number(new URL(out).port);
    for (let tries = 0; tries < 600 && (await isListening(port)); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await expect(isListening(port)).resolves.toBe(false);
  });

  describe('with servers that are there', () => {
    let server: Server;
    let url: string;

    beforeEach(async () => {
      server = createServer((socket) =>
        socket.on('error', () => undefined).once('data', () => socket.end('+PONG\r\n')),
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `redis://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    });

    afterEach(() => server.close());

    it('uses the one that a setting points to', async () => {
      const show = 'process.stdout.write(process.env.SLUICE_TEST_REDIS_URL)';
      const { code, out, err } = await run(['run', '--only', 'redis', '--', process.execPath, '-e', show], {
        SLUICE_TEST_REDIS_URL: url,
      });
      expect({ code, out }).toEqual({ code: 0, out: url });
      expect(err).toContain(`redis: using the one at ${new URL(url).host}`);
    });

    it('takes a container when an engine answers, on 127.0.0.1, and removes it', async () => {
      fakeDocker(`echo "$@" >> ${join(folder, 'calls')}
        case "$1" in
          run) echo container-1 ;;
          port) echo 127.0.0.1:${new URL(url).port} ;;
        esac`);
      const { code, err } = await run(['run', '--only', 'redis', '--', 'true']);
      expect(code).toBe(0);
      expect(err).toContain('services: a Docker engine answers');
      const calls = readFileSync(join(folder, 'calls'), 'utf8');
      expect(calls).toMatch(
        /run --detach --rm --publish 127\.0\.0\.1::6379 redis:7 redis-server .*--requirepass [0-9a-f]{36}/,
      );
      expect(calls).toMatch(/rm --force --volumes container-1\n$/);
    });

    it('says what a container could not do', async () => {
      fakeDocker('case "$1" in run) echo "no space left" >&2; exit 125 ;; esac');
      const { code, err } = await run(['run', '--only', 'redis', '--', 'true']);
      expect(code).toBe(1);
      expect(err).toContain('docker run failed:\n    no space left');
      expect(leftovers()).toEqual([]);
    });
  });

  it.each([
    [
      { SLUICE_TEST_REDIS_URL: 'redis://127.0.0.1:1' },
      'SLUICE_TEST_REDIS_URL points to 127.0.0.1:1, where no redis',
    ],
    [{ SLUICE_TEST_REDIS_URL: 'nonsense' }, 'SLUICE_TEST_REDIS_URL is not a valid URL.'],
  ])('refuses %j in one sentence', async (changes, sentence) => {
    const { code, err } = await run(['run', '--only', 'redis', '--', 'true'], changes);
    expect(code).toBe(1);
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(leftovers()).toEqual([]);
  });

  it.each([[[]], [['run']], [['run', '--only', 'mysql', '--', 'true']], [['walk', '--', 'true']]])(
    'explains itself when called with %j',
    async (args) => {
      const { code, err } = await run(args);
      expect(code).toBe(2);
      expect(err).toContain('Usage: ');
    },
  );
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
