import { chmodSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { findPrograms } from './binaries.js';
import { lockFolder } from './folder-lock.js';
import { openCluster } from './initialise-cluster.js';
import { clearLeftoverServer } from './leftover-server.js';
import { chooseIdentity } from './server-identity.js';
import { ServerProcess } from './server-process.js';

export interface EmbeddedPostgresOptions {
  /** Holds the data, the password and the log; made when missing, readable for the server's user alone. */
  readonly folder: string;
  /** On 127.0.0.1; a free one by default. */
  readonly port?: number;
  /** Told what takes a while, one line at a time. */
  readonly onProgress?: (line: string) => void;
}

export interface EmbeddedPostgres {
  readonly url: string;
  /** Ends the server and returns once it is gone; a second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL on a folder, for one process at a time. What an earlier process left behind (a server, a
 * half-made cluster, a stale pid file) is put in order first. The server outlives a killed process until the next start.
 *
 * @throws Error with one sentence, and the end of the server's log where that explains it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.folder);
  const onProgress = options.onProgress ?? (() => undefined);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  const unlock = lockFolder(folder);
  try {
    const { url, server } = await startServer(folder, options.port, onProgress);
    let stopping: Promise<void> | undefined;
    return { url, stop: () => (stopping ??= server.stop().finally(unlock)) };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function startServer(
  folder: string,
  wantedPort: number | undefined,
  onProgress: (line: string) => void,
): Promise<{ url: string; server: ServerProcess }> {
  const programs = findPrograms();
  const identity = chooseIdentity(programs, folder);
  const { data, password } = await openCluster(folder, programs, identity, onProgress);
  await clearLeftoverServer(data, onProgress);
  const port = wantedPort ?? (await freePort());
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const server = await ServerProcess.start({
    prefix: identity.prefix,
    program: programs.postgres,
    data,
    port,
    url,
    logFile: join(folder, 'log'),
  });
  return { url, server };
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolvePort(port));
    });
  });
}
