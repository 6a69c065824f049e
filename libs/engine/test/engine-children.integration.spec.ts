import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { requiredThreadPoolSize } from '../src/duckdb/thread-pool.js';
import { Responsiveness } from './engine-children.js';
import { SLOW_SQL, makeTable, temporaryFolder } from './make-table.js';

const folder = temporaryFolder();

async function runChild(name: string, argument: object, env: NodeJS.ProcessEnv = {}) {
  const script = [join(__dirname, 'run-source.cjs'), join(__dirname, 'engine-children.ts'), name];
  const child = spawn(
    '/bin/sh',
    ['-c', 'ulimit -c 0; exec "$0" "$@"', process.execPath, ...script, JSON.stringify(argument)],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), 170_000);
  const signal = await new Promise((resolve) =>
    child.on('close', (_, by) => {
      resolve(by);
    }),
  );
  clearTimeout(timer);
  return { out, signal };
}

describe('a process whose engine is busy with as many long statements as it may run', () => {
  const concurrency = 8;
  const measure = async (poolSize: number): Promise<Responsiveness> => {
    const dataDir = join(folder.path, `data-${poolSize}`);
    await makeTable(dataDir, 'flights', '1', `select i as id from range(1000) r(i)`);
    const order = { dataDir, concurrency, slowSql: SLOW_SQL };
    const { out } = await runChild('measureUnderLoad', order, { UV_THREADPOOL_SIZE: String(poolSize) });
    return JSON.parse(out) as Responsiveness;
  };

  it('reads files, derives keys and answers probes within 250 ms, with the threads that the engine asks for', async () => {
    const { readFile, pbkdf2, health } = await measure(requiredThreadPoolSize(concurrency, 0));
    expect(readFile).toBeLessThan(250);
    expect(pbkdf2).toBeLessThan(250);
    expect(health).toBeLessThan(250);
  });

  it('would not with one thread a statement', async () => {
    const { readFile, pbkdf2 } = await measure(concurrency);
    expect(Math.min(readFile, pbkdf2)).toBeGreaterThan(1_000);
  });
});

it('would end by one statement, were the file system not closed: logging to a file poisons the instance and aborts', async () => {
  const { out, signal } = await runChild('logToForbiddenFile', { path: join(folder.path, 'log') });
  expect(out).toBe('poisoned');
  expect(signal).toBe('SIGABRT');
});
