import { DuckDBInstance } from '@duckdb/node-api';
import { pbkdf2 } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openDuckDbEngine } from '../src/duckdb/duckdb-engine.js';
import { statement } from './make-table.js';

/** How long, in ms, of what Node does takes while every place of the engine is taken by a long statement: the fastest of some. */
export interface Responsiveness {
  readonly readFile: number;
  readonly pbkdf2: number;
  readonly health: number;
}

const ROUNDS = 6;
const GIVE_UP_MS = 1_200;

/** Fills all places of an engine, then measures; prints a `Responsiveness`. */
export async function measureUnderLoad(order: {
  readonly dataDir: string;
  readonly concurrency: number;
  readonly slowSql: string;
}): Promise<void> {
  const { dataDir, concurrency, slowSql } = order;
  const engine = await openDuckDbEngine({
    dataDir,
    threads: 1,
    memoryLimit: '256MB',
    concurrency,
    maxWaiting: 10,
    waitTimeoutMs: 1_000,
    // No look at the data in between: it would read files as well.
    pollMs: 60_000,
    onError: (error) => {
      throw error;
    },
  });
  const server = createServer((_, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const abort = new AbortController();
  const snapshot = engine.snapshot();
  const options = { signal: abort.signal, timeoutMs: 60_000 };
  const running = Array.from({ length: concurrency }, () =>
    snapshot.query(statement(slowSql), options).catch(() => undefined),
  );
  await sleep(100);
  const result: Responsiveness = {
    readFile: await fastest(() => readFile(__filename)),
    pbkdf2: await fastest(() => promisify(pbkdf2)('password', 'salt', 100, 32, 'sha256')),
    health: await fastest(() => answer(port)),
  };
  process.stdout.write(JSON.stringify(result));
  abort.abort();
  await Promise.all(running);
  snapshot.release();
  await engine.close();
  server.close();
}

function answer(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent: false }, (response) => response.resume().on('end', resolve)).on(
      'error',
      reject,
    );
  });
}

/** The fastest, since other programs of the machine may hold up any round, and a full pool holds up every one. */
async function fastest(work: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await Promise.race([work(), sleep(GIVE_UP_MS)]);
    took.push(performance.now() - began);
  }
  return Math.min(...took);
}

/** What logging to a file does to an instance whose file system is not closed: prints `poisoned` when the next query fails, then closes. */
export async function logToForbiddenFile({ path }: { readonly path: string }): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run('set enable_external_access = false');
  await connection.run('set lock_configuration = true');
  await connection.run(`select * from enable_logging(storage_path = '${path}')`);
  const next = await connection.run('select 1').then(
    () => 'unharmed',
    () => 'poisoned',
  );
  process.stdout.write(next);
  connection.closeSync();
  instance.closeSync();
}
