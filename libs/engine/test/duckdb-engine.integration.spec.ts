import { BOOLEAN, DATE, DOUBLE, INTEGER, TEXT, TIMESTAMP, decimalType } from '@sluice/catalog';
import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDbEngine, DuckDbEngineOptions, openDuckDbEngine } from '../src/duckdb/duckdb-engine.js';
import {
  SLOW_SQL,
  errorCode,
  eventually,
  integer,
  makeTable,
  parameter,
  statement,
  temporaryFolder,
} from './make-table.js';

const folder = temporaryFolder();
const errors: unknown[] = [];
let engine: DuckDbEngine | undefined;
let dataDir = '';

beforeEach(async () => {
  dataDir = join(folder.path, expect.getState().currentTestName?.replaceAll(/\W+/g, '-') ?? '');
  errors.length = 0;
  await makeTable(dataDir, 'flights', '1', `select i as id, 'T' || (i % 3) as tenant from range(1000) r(i)`);
});

afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

async function start(options: Partial<DuckDbEngineOptions> = {}): Promise<DuckDbEngine> {
  engine = await openDuckDbEngine({
    dataDir,
    threads: 1,
    memoryLimit: '256MB',
    concurrency: 2,
    maxWaiting: 1,
    waitTimeoutMs: 300,
    pollMs: 20,
    onError: (error) => errors.push(error),
    ...options,
  });
  return engine;
}

function run(from: DuckDbEngine, sql: string, timeoutMs = 10_000, signal = new AbortController().signal) {
  const snapshot = from.snapshot();
  return snapshot.query(statement(sql), { signal, timeoutMs }).finally(() => {
    snapshot.release();
  });
}

describe('queries', () => {
  it('binds each type and gives it back', async () => {
    const snapshot = (await start()).snapshot();
    const rows = await snapshot.query(
      statement(
        'select $1, $2, $3, $4, $5, $6, $7, count(*) from "flights"."main"."rows" where id = any($8)',
        parameter(TEXT, "it's \0 ☃"),
        integer(9_223_372_036_854_775_807n),
        parameter(decimalType(38, 2), '-123456789012345678901234567890123456.78'),
        parameter(DOUBLE, 0.1),
        parameter(BOOLEAN, true),
        parameter(DATE, '2024-02-29'),
        parameter(TIMESTAMP, '1969-12-31T23:59:59.999999'),
        integer([1n, 2n, 5000n]),
      ),
      { signal: new AbortController().signal, timeoutMs: 5_000 },
    );
    expect(rows).toEqual([
      [
        "it's \0 ☃",
        9_223_372_036_854_775_807n,
        '-123456789012345678901234567890123456.78',
        0.1,
        true,
        '2024-02-29',
        '1969-12-31T23:59:59.999999',
        2n,
      ],
    ]);
    snapshot.release();
  });

  it('takes an empty list and a null of every type', async () => {
    const snapshot = (await start()).snapshot();
    for (const type of [TEXT, INTEGER, decimalType(12, 2), DOUBLE, BOOLEAN, DATE, TIMESTAMP]) {
      const sql = statement('select $1 is null, length($2)', parameter(type, null), parameter(type, []));
      const rows = await snapshot.query(sql, { signal: new AbortController().signal, timeoutMs: 5_000 });
      expect(rows).toEqual([[true, 0n]]);
    }
    snapshot.release();
  });

  it('works in UTC whatever the process does', async () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Tokyo';
    const rows = await run(
      await start(),
      `select cast(cast('2024-01-01 00:00:00+00' as timestamptz) as varchar)`,
    ).finally(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });
    expect(rows).toEqual([['2024-01-01 00:00:00+00']]);
  });

  it('tells nothing of what the engine said', async () => {
    const failing = run(await start(), `select cast(tenant as integer) from "flights"."main"."rows"`);
    await expect(failing).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringMatching(/T\d|INT/) as string,
      cause: expect.objectContaining({
        message: expect.stringMatching(/^Conversion Error \(its text/) as string,
      }) as Error,
    });
  });

  it('refuses a text that holds two statements', async () => {
    await expect(run(await start(), 'select 1; select 2')).rejects.toMatchObject({ code: 'internal' });
  });

  it('fails cleanly when a query needs too much memory', async () => {
    const greedy = run(
      await start({ memoryLimit: '40MB' }),
      'select count(distinct (a.id * 1000 + b.id) * 1000 + c.id) from "flights"."main"."rows" a cross join "flights"."main"."rows" b cross join "flights"."main"."rows" c',
      60_000,
    );
    await expect(greedy).rejects.toMatchObject({ code: 'query-too-large' });
    await expect(run(engine!, 'select 1')).resolves.toEqual([[1]]);
  });
});

describe('limits', () => {
  it('stops a query at its time limit, and goes on', async () => {
    const from = await start();
    const began = Date.now();
    await expect(run(from, SLOW_SQL, 100)).rejects.toMatchObject({ code: 'query-timeout' });
    expect(Date.now() - began).toBeLessThan(1_100);
    await expect(run(from, 'select 1')).resolves.toEqual([[1]]);
  });

  it('stops a query when its signal fires, even the moment it starts', async () => {
    const from = await start();
    for (const delay of [0, 1, 5, 100]) {
      const abort = new AbortController();
      const began = Date.now();
      setTimeout(() => {
        abort.abort();
      }, delay);
      await expect(run(from, SLOW_SQL, 60_000, abort.signal)).rejects.toMatchObject({
        code: 'query-canceled',
      });
      expect(Date.now() - began).toBeLessThan(1_100);
    }
  });

  it('lets a bounded number wait, for a bounded time', async () => {
    const from = await start();
    const abort = new AbortController();
    const running = [1, 2].map(() =>
      run(from, SLOW_SQL, 60_000, abort.signal).catch((error: unknown) => error),
    );
    const waiting = run(from, 'select 1');
    const tooMany = run(from, 'select 1');
    await expect(tooMany).rejects.toMatchObject({ code: 'overloaded', details: { retryAfter: 1 } });
    await expect(waiting).rejects.toMatchObject({ code: 'overloaded' });
    abort.abort();
    await Promise.all(running);
    await expect(run(from, 'select 1')).resolves.toEqual([[1]]);
  });

  it('does not begin a second statement for a caller who left after the first', async () => {
    const snapshot = (await start()).snapshot();
    const abort = new AbortController();
    const options = { signal: abort.signal, timeoutMs: 10_000 };
    await expect(snapshot.query(statement('select 1'), options)).resolves.toEqual([[1]]);
    abort.abort();
    await expect(snapshot.query(statement('select 2'), options)).rejects.toMatchObject({
      code: 'query-canceled',
    });
    snapshot.release();
  });

  it('loses no place and no connection to fifty callers who leave, in line or running', async () => {
    const opened = jest.spyOn(DuckDBInstance.prototype, 'connect');
    const closed = jest.spyOn(DuckDBConnection.prototype, 'closeSync');
    const from = await start({ concurrency: 4, maxWaiting: 50, waitTimeoutMs: 60_000 });
    const aborts = Array.from({ length: 50 }, () => new AbortController());
    const outcomes = aborts.map(({ signal }, index) =>
      run(from, SLOW_SQL, index % 5 === 0 ? 300 : 60_000, signal).catch(errorCode),
    );
    await eventually(() => from.load().running === 4);
    expect(from.load().waiting).toBe(46);
    for (const [index, abort] of aborts.entries())
      setTimeout(() => {
        abort.abort();
      }, index * 10);
    const began = Date.now();
    const codes = await Promise.all(outcomes);
    expect(Date.now() - began).toBeLessThan(500 + 1_100);
    expect(codes.filter((code) => code !== 'query-timeout' && code !== 'query-canceled')).toEqual([]);
    await eventually(() => from.load().running === 0);
    expect(from.load()).toEqual({ running: 0, waiting: 0, stuck: 0 });
    const again = await Promise.all([1, 2, 3, 4].map((n) => run(from, `select ${n}`)));
    expect(again).toEqual([[[1]], [[2]], [[3]], [[4]]]);
    await from.close();
    expect(opened).toHaveBeenCalledTimes(5);
    expect(closed).toHaveBeenCalledTimes(5);
    opened.mockRestore();
    closed.mockRestore();
  });

  it('lets tenants take turns', async () => {
    const from = await start({ concurrency: 1, maxWaiting: 50, waitTimeoutMs: 60_000 });
    const snapshot = from.snapshot();
    const blocker = new AbortController();
    const running = snapshot
      .query(statement(SLOW_SQL), { signal: blocker.signal, timeoutMs: 60_000, tenant: 'loud' })
      .catch(errorCode);
    await eventually(() => from.load().running === 1);
    const order: string[] = [];
    const ask = (tenant: string) =>
      snapshot
        .query(statement('select 1'), { signal: new AbortController().signal, timeoutMs: 10_000, tenant })
        .then(() => order.push(tenant));
    const asked = [...Array<string>(8).fill('loud'), 'quiet', 'quiet'].map(ask);
    blocker.abort();
    await Promise.all([running, ...asked]);
    expect(order.slice(0, 4).sort()).toEqual(['loud', 'loud', 'quiet', 'quiet']);
    snapshot.release();
  });

  it('stops everything when it closes', async () => {
    const from = await start();
    const running = run(from, SLOW_SQL, 60_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = from.close();
    await expect(running).rejects.toMatchObject({ code: 'query-canceled' });
    await closed;
    expect(() => from.snapshot()).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});

describe('versions', () => {
  it('starts without any data', async () => {
    await rm(dataDir, { recursive: true });
    const snapshot = (await start()).snapshot();
    expect(snapshot.rowCount('flights')).toBe(0);
    snapshot.release();
  });

  it('takes up a new version while a snapshot of the old one goes on', async () => {
    const from = await start();
    const old = from.snapshot();
    const signal = new AbortController().signal;
    const count = statement('select count(*) from "flights"."main"."rows"');
    await makeTable(dataDir, 'flights', '2', 'select i as id from range(7) r(i)');
    await makeTable(dataDir, 'orders', '1', 'select i as id from range(3) r(i)');
    await eventually(() => {
      const now = from.snapshot();
      now.release();
      return now.rowCount('flights') === 7 && now.rowCount('orders') === 3;
    });
    await rm(join(dataDir, 'flights', '1.duckdb'));
    await expect(old.query(count, { signal, timeoutMs: 5_000 })).resolves.toEqual([[1000n]]);
    await expect(run(from, count.sql)).resolves.toEqual([[7n]]);
    const now = from.snapshot();
    expect(now.dataVersion).not.toBe(old.dataVersion);
    expect(now.dataVersion).toMatch(/^[0-9a-f]{64}$/);
    now.release();
    old.release();
    await expect(old.query(count, { signal, timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'internal' });
  });

  it('keeps the old version when the new one is broken, says so once, and recovers', async () => {
    const from = await start();
    await mkdir(join(dataDir, 'broken'));
    await writeFile(join(dataDir, 'broken', 'current.json'), '{"version": "../../etc"}');
    await eventually(() => errors.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(errors).toHaveLength(1);
    await expect(run(from, 'select count(*) from "flights"."main"."rows"')).resolves.toEqual([[1000n]]);
    await makeTable(dataDir, 'broken', '2', 'select 1 as id');
    await eventually(() => {
      const now = from.snapshot();
      now.release();
      return now.rowCount('broken') === 1;
    });
  });

  it('does not open over a file that holds other rows than it should', async () => {
    const current = join(dataDir, 'flights', 'current.json');
    await writeFile(current, `{"version":"1","rows":999,"importedAt":"2026-01-01T00:00:00Z","columns":[]}`);
    await expect(start()).rejects.toThrow('holds 1000 rows instead of 999');
  });
});
