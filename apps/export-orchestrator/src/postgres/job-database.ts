import { DataSource, EntityManager } from 'typeorm';
import { databaseFault } from './database-fault.js';

/** Runs one statement: the whole pool, or one transaction. */
export interface Sql {
  /** Rows of a select, or of a returning clause. */
  rows<Row>(statement: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

/** A request has the pool's time for a statement, but is not kept waiting for a lock that long, in ms. */
const LOCK_WAIT_MS = 5_000;

/** The orchestrator's way to Postgres. Faults that pass are told as `unavailable`. */
export class JobDatabase implements Sql {
  constructor(private readonly dataSource: DataSource) {}

  async rows<Row>(statement: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    try {
      return await run<Row>(this.dataSource.manager, statement, parameters);
    } catch (error) {
      throw databaseFault(error);
    }
  }

  /** Commits what `work` did, or nothing of it. */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    try {
      return await this.dataSource.transaction('READ COMMITTED', async (manager) => {
        await manager.query(`set local lock_timeout = ${LOCK_WAIT_MS}`);
        return work({ rows: (statement, parameters = []) => run(manager, statement, parameters) });
      });
    } catch (error) {
      throw databaseFault(error);
    }
  }
}

async function run<Row>(
  manager: EntityManager,
  statement: string,
  parameters: readonly unknown[],
): Promise<readonly Row[]> {
  const result: unknown = await manager.query(statement, [...parameters]);
  // TypeORM answers update and delete with [rows, count], everything else with the rows.
  const [rows, count] = result as [unknown, unknown];
  return (Array.isArray(rows) && typeof count === 'number' ? rows : result) as readonly Row[];
}
