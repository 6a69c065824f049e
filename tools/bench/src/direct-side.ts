import { DuckDBBlobValue, DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { readStoredTables } from '@sluice/engine';
import { Statement } from '@sluice/query-dsl';
import { join } from 'node:path';

/** The engine by itself in this process: the same files and SQL, a connection for each client. */
export class DirectSide {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connections: readonly DuckDBConnection[],
  ) {}

  static async open(home: string, clients: number): Promise<DirectSide> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connections = await Promise.all(Array.from({ length: clients }, () => instance.connect()));
    for (const { name, file } of await readStoredTables(join(home, 'data'))) {
      await connections[0]?.run(`attach '${file.replaceAll("'", "''")}' as "${name}" (read_only)`);
    }
    return new DirectSide(instance, connections);
  }

  /** Runs a statement whose parameters are texts and integers, and reads the bytes of its page. */
  async ask(client: number, { sql, parameters }: Statement): Promise<void> {
    const values = parameters.map(({ value }) => {
      if (typeof value === 'string' || typeof value === 'bigint') return value;
      throw new TypeError('The benchmark binds texts and integers only.');
    });
    const reader = await this.connections[client]?.runAndReadAll(sql, values);
    if (!(reader?.getRows()[0]?.[0] instanceof DuckDBBlobValue)) throw new Error('The page is empty.');
  }

  close(): void {
    for (const connection of this.connections) connection.closeSync();
    this.instance.closeSync();
  }
}
