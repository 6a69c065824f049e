import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { findExecutable, firstExecutable, runCommand, tail } from './commands.mjs';
import { answers, freePorts } from './ports.mjs';
import { startServer, withPrivileges } from './server-process.mjs';

const LIB = '/usr/lib/postgresql';

/** The answer to "do you speak TLS?": `S` or `N`. Only a Postgres says either. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

function answersAsPostgres(host, port) {
  return Promise.all(
    ['S', 'N'].map((expected) => answers({ host, port, greeting: SSL_REQUEST, expected })),
  ).then((found) => found.includes(true));
}

/** Debian keeps the server's programs by version, off the PATH. */
function binFolders() {
  try {
    const versions = readdirSync(LIB).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(LIB, version, 'bin'));
  } catch {
    return [];
  }
}

/** The data of a test run need not outlive the machine, so nothing waits for the disk. */
const TEST_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

function newPassword() {
  return randomBytes(18).toString('hex');
}

function newUrl(password, port) {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

/** Postgres refuses to run as root; its package brings a user of its own. */
function serverUser() {
  return process.getuid?.() === 0 ? 'postgres' : undefined;
}

/** Makes the cluster, unless an earlier start has made it: it gets its name once it is whole. */
async function initialise(initdb, folder, password, { user, reach }) {
  const data = join(folder, 'data');
  if (existsSync(data)) return;
  const unfinished = `${data}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) await giveTo(user, [folder, passwordFile]);
  const options = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--username=postgres'];
  const [program, ...args] = [
    ...withPrivileges(user, undefined, reach),
    initdb,
    ...options,
    '--no-locale',
    '--encoding=UTF8',
    '--no-sync',
    unfinished,
  ];
  const { code, output } = await runCommand(program, args, { timeoutMs: 180_000 });
  rmSync(passwordFile);
  if (code !== 0) throw new Error(`postgres: initdb failed:\n${tail(output)}`);
  renameSync(unfinished, data);
}

async function giveTo(user, paths) {
  const { code, output } = await runCommand('id', ['-u', user], { timeoutMs: 5_000 });
  if (code !== 0)
    throw new Error(`postgres: there is no user "${user}" to run the server as: ${output.trim()}`);
  for (const path of paths) chownSync(path, Number(output), statSync(path).gid);
}

export const postgres = {
  name: 'postgres',
  setting: 'SLUICE_TEST_POSTGRES_URL',
  packages: ['postgresql'],
  answers: ({ hostname, port }) => answersAsPostgres(hostname, Number(port || 5432)),

  findProgram: () => {
    const initdb = findExecutable('initdb', binFolders());
    return initdb && firstExecutable('postgres', [dirname(initdb)]) ? dirname(initdb) : undefined;
  },

  /**
   * `launch` starts the same server again, on its port and data, after it was stopped or has crashed. A folder of an earlier start is taken
   * up with its data when `password` is the same; `reach` is for a folder that lies below closed ones.
   */
  async start({ program, folder, signal, settings: changed = {}, password = newPassword(), reach = false }) {
    const user = serverUser();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(dirname(folder), 0o711); // so that the server's user reaches its own folder
    await initialise(join(program, 'initdb'), folder, password, { user, reach });
    const [port] = await freePorts(1);
    const settings = Object.entries({ ...TEST_SETTINGS, ...changed, port }).flatMap(([key, value]) => [
      '-c',
      `${key}=${value}`,
    ]);
    const launch = () =>
      startServer({
        name: 'postgres',
        command: join(program, 'postgres'),
        args: ['-D', join(folder, 'data'), ...settings],
        env: { ...process.env, LC_ALL: 'C' },
        cwd: '/',
        logFile: `${folder}.log`,
        stopSignal: 'SIGINT', // a fast shutdown: it does not wait for clients
        user,
        reach,
        ready: () => answersAsPostgres('127.0.0.1', port),
        signal,
      });
    const server = await launch();
    return { url: newUrl(password, port), stop: server.stop, server, launch };
  },

  container: () => {
    const password = newPassword();
    return {
      image: 'postgres:15',
      port: 5432,
      variables: { POSTGRES_PASSWORD: password },
      url: (port) => newUrl(password, port),
    };
  },
};
