import { quoteIdentifier } from '../duckdb/quote.js';
import { ImportError } from './import-error.js';
import { TableShape } from './import-request.js';
import { ImportSession } from './import-session.js';

/** What is known of a loaded table. */
export interface CheckedRows {
  readonly rows: number;
  /** As `CurrentVersion` has it. */
  readonly sortedBy: readonly string[] | null;
}

/** Checks what was loaded: rows there, tenant and key never NULL, key unique. Throws an ImportError. */
export async function checkRows(
  session: ImportSession,
  table: string,
  shape: TableShape,
): Promise<CheckedRows> {
  const { tenant, key } = shape;
  const required = clusteringOf(tenant, key);
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
  return { rows: Number(rows), sortedBy: (await isSorted(session, table, required)) ? required : null };
}

/** The columns that a table is sorted by when it is loaded. */
export function clusteringOf(tenant: string | null, key: readonly string[]): readonly string[] {
  return [...new Set(tenant === null ? key : [tenant, ...key])];
}

/** Pages are read in the stored order without sorting, so that it is as asked for is looked at and not taken for granted. */
async function isSorted(session: ImportSession, table: string, columns: readonly string[]): Promise<boolean> {
  const selected = columns.flatMap((name, index) => {
    const column = quoteIdentifier(name);
    return [`${column} as c${index}`, `lag(${column}) over () as p${index}`];
  });
  const isBefore = columns.reduceRight(
    (rest, _, index) => `(c${index} < p${index} or (c${index} = p${index} and ${rest}))`,
    'false',
  );
  const [before = 0n] = await readBigints(
    session,
    `select count(*) from (select ${selected.join(', ')} from ${table}) where ${isBefore}`,
  );
  return before === 0n;
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
