import { DuckDBConnection } from '@duckdb/node-api';
import { SluiceError } from '@sluice/contracts';
import { Statement } from '@sluice/query-dsl';
import { EngineValue } from '../analytic-engine.js';
import { StoredTable, dataVersionOf } from '../tables/stored-table.js';
import { bindParameters } from './bind-parameters.js';
import { toEngineValue } from './engine-value.js';
import { lockForQueries } from './lockdown.js';
import { InstanceLimits, OpenInstance, attachTables, checkRowCounts, openInstance } from './open-instance.js';
import { proveLockedForQueries } from './prove-locked.js';
import { InterruptibleRun, runInterruptibly } from './run-interruptibly.js';

type Rows = readonly (readonly EngineValue[])[];

/**
 * A locked instance over one version of the data, shared by all snapshots of it. It closes itself when the last holder lets go, so that a
 * newer version never takes a running query's data away.
 */
export class QueryInstance {
  readonly dataVersion: string;
  private readonly tables: ReadonlyMap<string, StoredTable>;
  private holders = 1;

  private constructor(
    private readonly open: OpenInstance,
    private readonly idle: DuckDBConnection[],
    tables: readonly StoredTable[],
  ) {
    this.dataVersion = dataVersionOf(tables);
    this.tables = new Map(tables.map((table) => [table.name, table]));
  }

  /**
   * Opens with one holder, the opener, and as many connections as statements will run at once. Throws when a file cannot be read or the
   * lock-down cannot be proven.
   */
  static async open(
    tables: readonly StoredTable[],
    limits: InstanceLimits,
    concurrency: number,
  ): Promise<QueryInstance> {
    const open = await openInstance(limits);
    try {
      await attachTables(open.connection, tables);
      await checkRowCounts(open.connection, tables);
      await lockForQueries(open.connection);
      await proveLockedForQueries(open.connection, tables);
      const connecting = Array.from({ length: concurrency }, () => open.instance.connect());
      return new QueryInstance(open, await Promise.all(connecting), tables);
    } catch (error) {
      open.close();
      throw error;
    }
  }

  rowCount(dataset: string): number {
    return this.tables.get(dataset)?.rows ?? 0;
  }

  sortedBy(dataset: string): readonly string[] | null {
    return this.tables.get(dataset)?.sortedBy ?? null;
  }

  retain(): void {
    this.holders += 1;
  }

  release(): void {
    this.holders -= 1;
    if (this.holders > 0) return;
    for (const connection of this.idle) connection.closeSync();
    this.open.close();
  }

  /** Runs one statement on a connection of its own. To be called by a holder, never more often at once than `concurrency`. */
  run(statement: Statement, signal: AbortSignal): InterruptibleRun<Rows> {
    const connection = this.idle.pop();
    if (!connection) throw SluiceError.from(new Error('no connection is idle'));
    this.retain();
    const { result, settled } = runInterruptibly(connection, () => readAll(connection, statement), signal);
    const returned = settled.then(() => {
      this.idle.push(connection);
      this.release();
    });
    return { result, settled: returned };
  }
}

/** Prepares, so that a text holding two statements is refused, binds and reads everything. Never streams: a stream that fails ends like one that is complete. */
async function readAll(connection: DuckDBConnection, { sql, parameters }: Statement): Promise<Rows> {
  const prepared = await connection.prepare(sql);
  try {
    bindParameters(prepared, parameters);
    const reader = await prepared.runAndReadAll();
    return reader.getRows().map((row) => row.map(toEngineValue));
  } finally {
    prepared.destroySync();
  }
}
