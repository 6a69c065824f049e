import { DataSource } from 'typeorm';
import { MIGRATIONS } from './migrations/index.js';

export interface DataSourceSettings {
  /** `postgres://user:password@host:port/database`, with `?sslmode=verify-full` and the like for TLS. */
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  /** The server ends a statement after this time; the client gives up a little later. */
  readonly statementTimeoutMs: number;
  /** Told when an idle connection breaks. The pool replaces it, so nothing else needs doing. */
  readonly onIdleError?: (error: Error) => void;
}

/** How long the client waits beyond the server's own time-out before it takes the connection for dead, in ms. */
const CLIENT_MARGIN_MS = 5_000;
/** A transaction left open by a stuck client is ended by the server, so that its locks go, in ms. */
const IDLE_TRANSACTION_MS = 60_000;

/**
 * Opens the metadata database, with one connection made to prove it. No entities and no schema synchronisation: SQL
 * is written by hand in named functions, the schema comes from `migrate`. Close it with `destroy()`.
 *
 * @throws Error saying in one sentence which server cannot be used and why; never holds the password.
 */
export async function createDataSource(settings: DataSourceSettings): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: settings.url,
    poolSize: settings.poolSize,
    connectTimeoutMS: settings.connectTimeoutMs,
    applicationName: 'sluice',
    entities: [],
    migrations: [...MIGRATIONS],
    migrationsTableName: 'schema_migration',
    synchronize: false,
    installExtensions: false,
    logging: false,
    poolErrorHandler: (error: Error) => settings.onIdleError?.(error),
    extra: {
      keepAlive: true,
      statement_timeout: settings.statementTimeoutMs,
      query_timeout: settings.statementTimeoutMs + CLIENT_MARGIN_MS,
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
    },
  });
  try {
    return await dataSource.initialize();
  } catch (error) {
    throw new Error(`Postgres at ${placeOf(settings.url)} cannot be used: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}

/** Host, port and database, without user and password. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'the given address (which is not a valid URL)';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

function reasonOf(error: unknown): string {
  // A name with several addresses fails with one error for each, and no message of its own.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
