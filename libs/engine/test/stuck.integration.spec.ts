import { join } from 'node:path';
import { DuckDbEngine, EngineLoad, openDuckDbEngine } from '../src/duckdb/duckdb-engine.js';
import { eventually, makeTable, statement, temporaryFolder } from './make-table.js';

// What the engine does not interrupt never passes the gate, so the gate is taken away here.
jest.mock('../src/duckdb/statement-gate.js', () => ({ assertReadingStatement: () => undefined }));

/** One call of a function over one row: the engine looks for an interrupt between calls only. Ends, after a time that grows with its texts. */
const deafSql = (letters: number): string =>
  `select levenshtein(repeat(tenant, ${letters}), repeat('b', 30000)) from "flights"."main"."rows"`;
/** So long it has to go on for the test to see all that becomes of it, whatever the machine can do at the moment. */
const DEAF_MS = 5_000;

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
    waitTimeoutMs: 50_000,
    stuckAfterMs: 900,
    brokenAfterMs: 200,
    onError: (error) => errors.push(error),
    onLoad: (load) => loads.push(load),
  });
});
afterAll(() => engine.close());

/** As many letters as keep the engine busy for so long. */
async function lettersFor(ms: number): Promise<number> {
  const few = 2_000;
  const began = performance.now();
  await run(deafSql(few), 50_000);
  return Math.ceil((few * ms) / (performance.now() - began));
}

function run(sql: string, timeoutMs: number) {
  const snapshot = engine.snapshot();
  const signal = new AbortController().signal;
  return snapshot.query(statement(sql), { signal, timeoutMs }).finally(() => {
    snapshot.release();
  });
}

it('answers in time for a statement that ignores its stop, says so, goes on without it, and recovers', async () => {
  const deaf = deafSql(await lettersFor(DEAF_MS));
  const began = performance.now();
  await expect(run(deaf, 50)).rejects.toMatchObject({ code: 'query-timeout' });
  // It is not the end of the statement that was waited for.
  expect(performance.now() - began).toBeLessThan(DEAF_MS / 2);
  expect(engine.load().running + engine.stuck()).toBe(1);

  // The only place is given to the next one although the first still runs.
  await expect(run('select 1', 50_000)).resolves.toEqual([[1]]);
  expect(engine.stuck()).toBe(1);
  expect(errors).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(/^a statement \([0-9a-f]{12}\) goes on 900 ms after/) as string,
    }),
  ]);
  await eventually(() => engine.health() === 'broken');
  await expect(run('select 2', 50_000)).resolves.toEqual([[2]]);

  await eventually(() => engine.health() === 'well', 100_000);
  expect(engine.load()).toEqual({ running: 0, waiting: 0, stuck: 0 });
  expect(errors).toHaveLength(1);
  await expect(run('select 3', 50_000)).resolves.toEqual([[3]]);
  expect(loads).toContainEqual({ running: 1, waiting: 0, stuck: 1 });
  expect(loads.at(-1)).toEqual({ running: 0, waiting: 0, stuck: 0 });
});
