import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { StoredTable } from '../tables/stored-table.js';
import { quoteIdentifier, quoteText } from './quote.js';

export interface InstanceLimits {
  /** Threads of one statement. */
  readonly threads: number;
  /** As the engine writes sizes: `512MB`, `2GB`. */
  readonly memoryLimit: string;
  /** Whether rows without an `order by` keep the order in which they lie; true unless given. What `order by` asks for is kept always. */
  readonly insertionOrder?: boolean;
}

/** An in-memory instance with one connection: extensions, secrets and network installs are off from the start. */
export interface OpenInstance {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  close(): void;
}

/** Opens an empty instance, not locked yet. */
export async function openInstance(limits: InstanceLimits): Promise<OpenInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: limits.memoryLimit,
    preserve_insertion_order: String(limits.insertionOrder ?? true),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
  });
  const connection = await instance.connect();
  const close = () => {
    connection.closeSync();
    instance.closeSync();
  };
  // Without it, a process elsewhere would turn instants into its own local time.
  await connection.run(`set global TimeZone = 'UTC'`);
  return { instance, connection, close };
}

/** Attaches the tables' files read-only, each as a database of the table's name. */
export async function attachTables(
  connection: DuckDBConnection,
  tables: readonly StoredTable[],
): Promise<void> {
  for (const { name, file } of tables) {
    await connection.run(`attach ${quoteText(file)} as ${quoteIdentifier(name)} (read_only)`);
  }
}

/** Throws unless each attached file holds as many rows as its `current.json` says. */
export async function checkRowCounts(
  connection: DuckDBConnection,
  tables: readonly StoredTable[],
): Promise<void> {
  for (const { name, rows, version } of tables) {
    const reader = await connection.runAndReadAll(
      `select count(*) from ${quoteIdentifier(name)}."main"."rows"`,
    );
    const found = reader.getRows()[0]?.[0];
    if (found !== BigInt(rows)) {
      throw new Error(`version ${version} of "${name}" holds ${String(found)} rows instead of ${rows}`);
    }
  }
}
