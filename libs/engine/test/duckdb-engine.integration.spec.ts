import { BOOLEAN, DATE, DOUBLE, INTEGER, TEXT, TIMESTAMP, decimalType } from '@sluice/catalog';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, integer, makeTable, parameter, statement } from './make-table.js';
import { engineForTest, run } from './running-engine.js';

const engine = engineForTest();

describe('queries', () => {
  it('binds each type and gives it back', async () => {
    const snapshot = (await engine.start()).snapshot();
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
    const snapshot = (await engine.start()).snapshot();
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
      await engine.start(),
      `select cast(cast('2024-01-01 00:00:00+00' as timestamptz) as varchar)`,
    ).finally(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });
    expect(rows).toEqual([['2024-01-01 00:00:00+00']]);
  });

  it('tells nothing of what the engine said', async () => {
    const failing = run(await engine.start(), `select cast(tenant as integer) from "flights"."main"."rows"`);
    await expect(failing).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringMatching(/T\d|INT/) as string,
      cause: expect.objectContaining({
        message: expect.stringMatching(/^Conversion Error \(its text/) as string,
      }) as Error,
    });
  });

  it('refuses a text that holds two statements', async () => {
    await expect(run(await engine.start(), 'select 1; select 2')).rejects.toMatchObject({ code: 'internal' });
  });

  it('fails cleanly when a query needs too much memory', async () => {
    const from = await engine.start({ memoryLimit: '40MB' });
    const greedy = run(
      from,
      'select count(distinct (a.id * 1000 + b.id) * 1000 + c.id) from "flights"."main"."rows" a cross join "flights"."main"."rows" b cross join "flights"."main"."rows" c',
    );
    await expect(greedy).rejects.toMatchObject({ code: 'query-too-large' });
    await expect(run(from, 'select 1')).resolves.toEqual([[1]]);
  });
});

describe('versions', () => {
  it('starts without any data', async () => {
    await rm(engine.dataDir, { recursive: true });
    const snapshot = (await engine.start()).snapshot();
    expect(snapshot.rowCount('flights')).toBe(0);
    snapshot.release();
  });

  it('takes up a new version while a snapshot of the old one goes on', async () => {
    const from = await engine.start();
    const old = from.snapshot();
    const signal = new AbortController().signal;
    const count = statement('select count(*) from "flights"."main"."rows"');
    await makeTable(engine.dataDir, 'flights', '2', 'select i as id from range(7) r(i)');
    await makeTable(engine.dataDir, 'orders', '1', 'select i as id from range(3) r(i)');
    await eventually(() => {
      const now = from.snapshot();
      now.release();
      return now.rowCount('flights') === 7 && now.rowCount('orders') === 3;
    });
    await rm(join(engine.dataDir, 'flights', '1.duckdb'));
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
    const from = await engine.start();
    await mkdir(join(engine.dataDir, 'broken'));
    await writeFile(join(engine.dataDir, 'broken', 'current.json'), '{"version": "../../etc"}');
    await eventually(() => engine.errors.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(engine.errors).toHaveLength(1);
    await expect(run(from, 'select count(*) from "flights"."main"."rows"')).resolves.toEqual([[1000n]]);
    await makeTable(engine.dataDir, 'broken', '2', 'select 1 as id');
    await eventually(() => {
      const now = from.snapshot();
      now.release();
      return now.rowCount('broken') === 1;
    });
  });

  it('does not open over a file that holds other rows than it should', async () => {
    const current = join(engine.dataDir, 'flights', 'current.json');
    await writeFile(current, `{"version":"1","rows":999,"importedAt":"2026-01-01T00:00:00Z","columns":[]}`);
    await expect(engine.start()).rejects.toThrow('holds 1000 rows instead of 999');
  });
});
