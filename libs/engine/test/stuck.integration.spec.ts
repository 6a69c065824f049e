import { join } from 'node:path';
import { DuckDbEngine, EngineLoad, openDuckDbEngine } from '../src/duckdb/duckdb-engine.js';
import { eventually, makeTable, statement, temporaryFolder } from './make-table.js';

// What the engine does not interrupt never passes the gate, so the gate is taken away here.
jest.mock('../src/duckdb/statement-gate.js', () => ({ assertReadingStatement: () => undefined }));

/** One call of a function over one row: the engine looks for an interrupt between calls only. Takes seconds, and ends. */
const DEAF_SQL = `select levenshtein(repeat(tenant, 10000), repeat('b', 30000)) from "flights"."main"."rows"`;

const folder = temporaryFolder();
const errors: unknown[] = [];
const loads: EngineLoad[] = [];
let engine: DuckDbEngine;

beforeAll(async () => {
  const dataDir = join(folder.path, 'data');
  await makeTable(dataDir, 'flights', '1', `select 'T0' as tenant`);
  engine = await openDuckDbEngine({
    dataDir,
    threads: 1,
    memoryLimit: '256MB',
    concurrency: 1,
    maxWaiting: 1,
    waitTimeoutMs: 10_000,
    stuckAfterMs: 900,
    brokenAfterMs: 200,
    onError: (error) => errors.push(error),
    onLoad: (load) => loads.push(load),
  });
});
afterAll(() => engine.close());

function run(sql: string, timeoutMs: number) {
  const snapshot = engine.snapshot();
  const signal = new AbortController().signal;
  return snapshot.query(statement(sql), { signal, timeoutMs }).finally(() => {
    snapshot.release();
  });
}

it('answers in time for a statement that ignores its stop, says so, goes on without it, and recovers', async () => {
  const began = Date.now();
  await expect(run(DEAF_SQL, 50)).rejects.toMatchObject({ code: 'query-timeout' });
  expect(Date.now() - began).toBeLessThan(1_100);
  expect(engine.health()).toBe('well');
  expect(engine.load()).toEqual({ running: 1, waiting: 0, stuck: 0 });

  // The only place is given to the next one although the first still runs.
  await expect(run('select 1', 10_000)).resolves.toEqual([[1]]);
  expect(engine.stuck()).toBe(1);
  expect(errors).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(/^a statement \([0-9a-f]{12}\) goes on 900 ms after/) as string,
    }),
  ]);
  await eventually(() => engine.health() === 'broken');
  await expect(run('select 2', 10_000)).resolves.toEqual([[2]]);

  await eventually(() => engine.health() === 'well', 60_000);
  expect(engine.load()).toEqual({ running: 0, waiting: 0, stuck: 0 });
  expect(errors).toHaveLength(1);
  await expect(run('select 3', 10_000)).resolves.toEqual([[3]]);
  expect(loads).toContainEqual({ running: 1, waiting: 0, stuck: 1 });
  expect(loads.at(-1)).toEqual({ running: 0, waiting: 0, stuck: 0 });
}, 90_000);
