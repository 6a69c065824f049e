import { join } from 'node:path';
import { DuckDbEngine, DuckDbEngineOptions, openDuckDbEngine } from '../src/duckdb/duckdb-engine.js';
import { Rows } from '../src/duckdb/query-connection.js';
import { makeTable, statement, temporaryFolder } from './make-table.js';

/** An engine for each test that starts one, over a table `flights` of 1,000 rows in a folder of its own. */
export interface EngineForTest {
  /** What the engine reported in this test. */
  readonly errors: unknown[];
  readonly dataDir: string;
  /** Closed after the test. */
  start(options?: Partial<DuckDbEngineOptions>): Promise<DuckDbEngine>;
}

export function engineForTest(): EngineForTest {
  const folder = temporaryFolder();
  let engine: DuckDbEngine | undefined;
  const forTest = {
    errors: [] as unknown[],
    dataDir: '',
    start: async (options: Partial<DuckDbEngineOptions> = {}) => {
      engine = await openDuckDbEngine({
        dataDir: forTest.dataDir,
        threads: 1,
        memoryLimit: '256MB',
        concurrency: 2,
        maxWaiting: 1,
        waitTimeoutMs: 300,
        pollMs: 20,
        onError: (error) => forTest.errors.push(error),
        ...options,
      });
      return engine;
    },
  };
  const rows = `select i as id, 'T' || (i % 3) as tenant from range(1000) r(i)`;
  beforeEach(async () => {
    const name = expect.getState().currentTestName?.replaceAll(/\W+/g, '-') ?? '';
    forTest.dataDir = join(folder.path, name.slice(-100));
    forTest.errors.length = 0;
    await makeTable(forTest.dataDir, 'flights', '1', rows);
  });
  afterEach(async () => {
    await engine?.close();
    engine = undefined;
  });
  return forTest;
}

/** Runs one statement in a snapshot of its own. */
export function run(
  from: DuckDbEngine,
  sql: string,
  timeoutMs = 50_000,
  signal = new AbortController().signal,
): Promise<Rows> {
  const snapshot = from.snapshot();
  return snapshot.query(statement(sql), { signal, timeoutMs }).finally(() => {
    snapshot.release();
  });
}
