import { quoteIdentifier } from '../duckdb/quote.js';
import { ImportError } from './import-error.js';
import { TableShape } from './import-request.js';
import { ImportSession } from './import-session.js';

/** Checks what was loaded: rows there, tenant and key never NULL, key unique. Returns the number of rows; throws an ImportError. */
export async function checkRows(session: ImportSession, table: string, shape: TableShape): Promise<number> {
  const { tenant, key } = shape;
  const required = tenant === null ? key : [tenant, ...key];
  const nulls = required.map((name) => `count(*) filter (${quoteIdentifier(name)} is null)`);
  const [rows = 0n, ...missing] = await readBigints(
    session,
    `select count(*), ${nulls.join(', ')} from ${table}`,
  );
  if (rows === 0n) throw new ImportError('There are no rows to import.');
  required.forEach((name, index) => {
    const count = missing[index] ?? 0n;
    if (count === 0n) return;
    const role = index === 0 && tenant !== null ? 'tenant' : 'key';
    throw new ImportError(
      `${amount(count)} of ${amount(rows)} rows have no value in the ${role} column "${name}".`,
    );
  });
  await checkUnique(session, table, key);
  return Number(rows);
}

async function checkUnique(session: ImportSession, table: string, key: readonly string[]): Promise<void> {
  const columns = key.map(quoteIdentifier).join(', ');
  const repeated = `select count(*) as n from ${table} group by ${columns} having count(*) > 1`;
  const [keys = 0n, rows = 0n] = await readBigints(
    session,
    `select count(*), coalesce(sum(n), 0)::bigint from (${repeated})`,
  );
  if (keys === 0n) return;
  throw new ImportError(
    `The key (${key.join(', ')}) is not unique: ${amount(keys)} of its values stand on ${amount(rows)} rows.`,
  );
}

async function readBigints(session: ImportSession, sql: string): Promise<readonly bigint[]> {
  const rows = await session.rows(sql);
  return (rows[0] ?? []).map((value) => BigInt(value as bigint));
}

function amount(count: bigint): string {
  return count.toLocaleString('en-US');
}
