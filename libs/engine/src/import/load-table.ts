import { TEXT } from '@sluice/catalog';
import { quoteIdentifier, quoteText } from '../duckdb/quote.js';
import { clusteringOf } from './check-rows.js';
import { cleanColumnNames, findColumn } from './column-names.js';
import { ImportError } from './import-error.js';
import { TableShape } from './import-request.js';
import { ImportSession } from './import-session.js';
import { Normalised, normaliseType } from './normalise-type.js';
import { isSampleMisfit, readFailure } from './read-failure.js';
import { SourceFile, readerOf } from './source-file.js';

/** What to load: a file, or a query. */
export type Relation = { readonly file: SourceFile } | { readonly sql: string };

type Wanted = Pick<TableShape, 'name' | 'tenant' | 'key'>;

/** The database that a table is built in. */
const TARGET = '"importing"';
export const TARGET_TABLE = `${TARGET}."main"."rows"`;

/** Opens the file that will become the new version. */
export async function attachTarget(session: ImportSession, file: string): Promise<void> {
  await session.rows(`attach ${quoteText(file)} as ${TARGET}`);
}

/** Writes everything into the file and closes it. */
export async function detachTarget(session: ImportSession): Promise<void> {
  await session.rows(`checkpoint ${TARGET}`);
  await session.rows(`detach ${TARGET}`);
}

/** Reads a source into `main.rows`, in the catalogue's types, sorted by tenant and key. Throws an ImportError for what the file does wrong. */
export async function loadTable(session: ImportSession, from: Relation, wanted: Wanted): Promise<TableShape> {
  if ('sql' in from) return loadRelation(session, `(${from.sql})`, wanted);
  const { file } = from;
  try {
    return await loadRelation(session, readerOf(file, false), wanted).catch((error: unknown) => {
      if (!isSampleMisfit(error)) throw error;
      return loadRelation(session, readerOf(file, true), wanted);
    });
  } catch (error) {
    throw error instanceof ImportError ? error : readFailure(file, error);
  }
}

async function loadRelation(session: ImportSession, relation: string, wanted: Wanted): Promise<TableShape> {
  const described = await session.rows(`describe select * from ${relation}`);
  const headers = described.map(([header]) => String(header));
  const names = cleanColumnNames(headers);
  const tenant = wanted.tenant === null ? null : findColumn(wanted.tenant, names, 'tenant');
  const key = wanted.key.map((column) => findColumn(column, names, 'key'));
  const columns = described.map(([header, type], index) => {
    const name = names[index] ?? '';
    const source = quoteIdentifier(String(header));
    return { name, ...(name === tenant ? asText(source) : normaliseType(String(type), source)) };
  });
  const selected = columns.map(({ name, expression }) => `${expression} as ${quoteIdentifier(name)}`);
  const order = clusteringOf(tenant, key).map(quoteIdentifier);
  // A subquery, not a common table expression: the engine would keep that as a whole before it sorts.
  await session.rows(
    `create or replace table ${TARGET_TABLE} as
     select * from (select ${selected.join(', ')} from ${relation}) "source" order by ${order.join(', ')}`,
  );
  return { name: wanted.name, tenant, key, columns: columns.map(({ name, type }) => ({ name, type })) };
}

function asText(column: string): Normalised {
  return { type: TEXT, expression: `${column}::varchar` };
}
