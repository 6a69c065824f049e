import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PostgresPrograms } from './binaries.js';
import { ServerIdentity } from './server-identity.js';

export interface Cluster {
  readonly data: string;
  readonly password: string;
}

const UNFINISHED = 'unfinished-';
const INITDB_MS = 120_000;

/** Finds the cluster in `folder`, or makes it: under another name first, so that a half-made one is never used. */
export async function openCluster(
  folder: string,
  programs: PostgresPrograms,
  identity: ServerIdentity,
  onProgress: (line: string) => void,
): Promise<Cluster> {
  const data = join(folder, 'data');
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(UNFINISHED))) {
    rmSync(join(folder, name), { recursive: true, maxRetries: 5 }); // its initdb may still be ending
  }
  const passwordFile = join(folder, 'password');
  if (existsSync(data)) return { data, password: readPassword(passwordFile) };
  onProgress('Making the database (first start only)');
  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flush: true });
  const unfinished = join(folder, `${UNFINISHED}${randomBytes(4).toString('hex')}`);
  mkdirSync(unfinished, { mode: 0o700 });
  if (identity.user) {
    for (const path of [passwordFile, unfinished]) chownSync(path, identity.user.uid, identity.user.gid);
  }
  await runInitdb(programs.initdb, unfinished, passwordFile, identity);
  renameSync(unfinished, data);
  return { data, password };
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`The password of the embedded database is missing: ${file}`, { cause: error });
  }
}

/** Sorting and case by code point: the same on every machine, and with every version of its C library. */
const INITDB_OPTIONS = ['--username=postgres', '--auth=scram-sha-256', '--no-locale', '--encoding=UTF8'];

function runInitdb(
  initdb: string,
  data: string,
  passwordFile: string,
  { prefix }: ServerIdentity,
): Promise<void> {
  const options = [...INITDB_OPTIONS, `--pwfile=${passwordFile}`, `--pgdata=${data}`];
  const [command = '', ...args] = [...prefix, initdb, ...options];
  return new Promise((resolve, reject) => {
    // Detached: Ctrl-C is for us to act upon.
    const child = spawn(command, args, {
      cwd: '/',
      detached: true,
      timeout: INITDB_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-4_000));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code, by) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb ended with ${by ?? `code ${code}`}:\n${output.trim()}`));
    });
  });
}
