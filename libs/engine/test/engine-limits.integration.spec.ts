import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { SLOW_SQL, errorCode, eventually, fastest, statement } from './make-table.js';
import { engineForTest, run } from './running-engine.js';

const engine = engineForTest();

describe('limits', () => {
  it('stops a query at its time limit, and goes on', async () => {
    const from = await engine.start();
    const took = await fastest(1_100, () =>
      expect(run(from, SLOW_SQL, 100)).rejects.toMatchObject({ code: 'query-timeout' }),
    );
    expect(took).toBeLessThan(1_100);
    await expect(run(from, 'select 1')).resolves.toEqual([[1]]);
  });

  it('stops a query when its signal fires, even the moment it starts', async () => {
    const from = await engine.start();
    for (const delay of [0, 1, 5, 100]) {
      const took = await fastest(1_100, async () => {
        const abort = new AbortController();
        setTimeout(() => {
          abort.abort();
        }, delay);
        await expect(run(from, SLOW_SQL, 60_000, abort.signal)).rejects.toMatchObject({
          code: 'query-canceled',
        });
      });
      expect(took).toBeLessThan(1_100);
    }
  });

  it('lets a bounded number wait, for a bounded time', async () => {
    const from = await engine.start();
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
    const snapshot = (await engine.start()).snapshot();
    const abort = new AbortController();
    const options = { signal: abort.signal, timeoutMs: 50_000 };
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
    const from = await engine.start({ concurrency: 4, maxWaiting: 50, waitTimeoutMs: 60_000 });
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
    // Any of their statements would take minutes.
    const codes = await Promise.all(outcomes);
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
    const from = await engine.start({ concurrency: 1, maxWaiting: 50, waitTimeoutMs: 60_000 });
    const snapshot = from.snapshot();
    const blocker = new AbortController();
    const running = snapshot
      .query(statement(SLOW_SQL), { signal: blocker.signal, timeoutMs: 60_000, tenant: 'loud' })
      .catch(errorCode);
    await eventually(() => from.load().running === 1);
    const order: string[] = [];
    const ask = (tenant: string) =>
      snapshot
        .query(statement('select 1'), { signal: new AbortController().signal, timeoutMs: 50_000, tenant })
        .then(() => order.push(tenant));
    const asked = [...Array<string>(8).fill('loud'), 'quiet', 'quiet'].map(ask);
    blocker.abort();
    await Promise.all([running, ...asked]);
    expect(order.slice(0, 4).sort()).toEqual(['loud', 'loud', 'quiet', 'quiet']);
    snapshot.release();
  });

  it('stops everything when it closes', async () => {
    const from = await engine.start();
    const running = run(from, SLOW_SQL, 60_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = from.close();
    await expect(running).rejects.toMatchObject({ code: 'query-canceled' });
    await closed;
    expect(() => from.snapshot()).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});
