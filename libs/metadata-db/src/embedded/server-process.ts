import { ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { Client } from 'pg';
import { eventually } from './processes.js';
import { stopPostmaster } from './leftover-server.js';

/** Long enough for the recovery after a crash under load. */
const START_MS = 120_000;
const LOG_BYTES = 1_000_000;

/** Small, for one machine shared with the analytic engine; what is committed is on the disk. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  fsync: 'on',
  jit: 'off',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};

export interface ServerCommand {
  readonly prefix: readonly string[];
  readonly program: string;
  readonly data: string;
  readonly port: number;
  readonly url: string;
  readonly logFile: string;
}

/** A running server. It is a process group of its own, so that Ctrl-C in a terminal reaches only us. */
export class ServerProcess {
  private ended: string | undefined;
  private readonly logStart: number;

  private constructor(
    private readonly child: ChildProcess,
    private readonly command: ServerCommand,
  ) {
    this.logStart = sizeOf(command.logFile);
    child.once('error', (error) => (this.ended ??= error.message));
    child.once('exit', (code, by) => (this.ended ??= String(by ?? `code ${code}`)));
  }

  /** @throws Error with the end of the server's log when it does not come up. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const server = new ServerProcess(spawnServer(command), command);
    const settled = await eventually(
      async () => server.ended !== undefined || (await accepts(command.url)),
      START_MS,
    );
    if (settled && server.ended === undefined) return server;
    const reason = server.ended ?? `not ready within ${START_MS / 1_000} s`;
    await server.stop();
    throw new Error(`The embedded PostgreSQL did not start (${reason}): ${server.logTail()}`);
  }

  async stop(): Promise<void> {
    if (this.child.pid === undefined) return;
    await stopPostmaster(this.child.pid, () => this.ended !== undefined);
  }

  private logTail(): string {
    return readFileSync(this.command.logFile, 'utf8').slice(this.logStart).trim().slice(-2_000);
  }
}

function spawnServer({ prefix, program, data, port, logFile }: ServerCommand): ChildProcess {
  if (sizeOf(logFile) > LOG_BYTES) renameSync(logFile, `${logFile}.1`);
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  const [command = '', ...args] = [...prefix, program, '-D', data, ...settings];
  const log = openSync(logFile, 'a', 0o600);
  try {
    return spawn(command, args, { cwd: '/', detached: true, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

async function accepts(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined); // a server that goes away while we ask is answered by the next look
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
