import { SluiceError } from '@sluice/contracts';
import { Statement } from '@sluice/query-dsl';
import { StoredTable, dataVersionOf } from '../tables/stored-table.js';
import { openForQueries } from './open-for-queries.js';
import { InstanceLimits, OpenInstance } from './open-instance.js';
import { QueryConnection, Rows } from './query-connection.js';
import { InterruptibleRun, StuckWatch, runInterruptibly } from './run-interruptibly.js';

export interface InstanceRun extends InterruptibleRun<Rows> {
  /** Opens another connection in place of the run's own, which is closed when it comes back. */
  replace(): Promise<void>;
}

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
    private readonly idle: QueryConnection[],
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
    const open = await openForQueries(tables, limits);
    try {
      const connecting = Array.from({ length: concurrency }, () => connect(open));
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
    for (const connection of this.idle) connection.close();
    this.open.close();
  }

  /** Runs one statement on a connection of its own. To be called by a holder, never more often at once than `concurrency` and what was replaced. */
  run(statement: Statement, signal: AbortSignal, watch: StuckWatch): InstanceRun {
    const connection = this.idle.pop();
    if (!connection) throw SluiceError.from(new Error('no connection is idle'));
    this.retain();
    const state: RunState = { isOver: false, isReplaced: false };
    const work = () => connection.run(statement);
    const { result, settled } = runInterruptibly(connection, work, signal, { watch });
    const returned = settled.then(() => {
      state.isOver = true;
      if (state.isReplaced) connection.close();
      else this.idle.push(connection);
      this.release();
    });
    return { result, settled: returned, replace: () => this.replace(state) };
  }

  private async replace(state: RunState): Promise<void> {
    this.retain();
    try {
      const connection = await connect(this.open);
      if (state.isOver) connection.close();
      else {
        this.idle.push(connection);
        state.isReplaced = true;
      }
    } finally {
      this.release();
    }
  }
}

interface RunState {
  isOver: boolean;
  isReplaced: boolean;
}

async function connect({ instance }: OpenInstance): Promise<QueryConnection> {
  return new QueryConnection(await instance.connect());
}
