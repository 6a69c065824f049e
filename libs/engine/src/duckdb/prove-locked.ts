import { DuckDBConnection } from '@duckdb/node-api';
import { StoredTable } from '../tables/stored-table.js';
import { engineMessage } from './engine-message.js';
import { quoteText } from './quote.js';

/** How the engine says that it refuses something, as against failing for another reason, which would prove nothing. */
const REFUSAL =
  /^(Permission Error: |Invalid Input Error: Cannot change configuration option |Invalid Configuration Error: Can not enable file logging )/;

/** Nothing may exist there: were an attempt to succeed, it would. */
const OUTSIDE = '/tmp/sluice-lockdown-probe';

const ATTEMPTS = [
  `select * from read_text('/etc/hostname')`,
  `select * from glob('/etc/*')`,
  `attach '${OUTSIDE}.duckdb' as probe`,
  `copy (select 1) to '${OUTSIDE}.csv'`,
  `load httpfs`,
  `set threads = 2`,
];

/** Tries what must not work any more, and throws at the first attempt that is not refused. Settings are not asked: they can show a value that is not kept. */
export async function proveLockedForCopy(connection: DuckDBConnection): Promise<void> {
  for (const attempt of ATTEMPTS) await proveRefused(connection, attempt);
}

/**
 * As for a copy; besides, neither the data files themselves nor logging to a file may be reached. Logging comes last: where it is not refused,
 * the instance answers nothing more, and closing it ends the process.
 */
export async function proveLockedForQueries(
  connection: DuckDBConnection,
  tables: readonly StoredTable[],
): Promise<void> {
  await proveLockedForCopy(connection);
  for (const { file } of tables)
    await proveRefused(connection, `select * from read_blob(${quoteText(file)})`);
  await proveRefused(connection, `select * from enable_logging(storage_path = '${OUTSIDE}')`);
}

async function proveRefused(connection: DuckDBConnection, attempt: string): Promise<void> {
  let answer = 'it succeeded';
  try {
    await connection.run(attempt);
  } catch (error) {
    answer = engineMessage(error);
  }
  if (!REFUSAL.test(answer))
    throw new Error(`The engine is not locked: "${attempt}" was not refused (${answer})`);
}
