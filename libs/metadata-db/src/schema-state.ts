import { DataSource } from 'typeorm';
import { MIGRATIONS } from './migrations/index.js';

/** How a database's schema stands to this version of the program. All are names of migrations. */
export interface SchemaState {
  /** Known here, not applied yet. */
  readonly pending: readonly string[];
  /** Applied by a newer version. */
  readonly unknown: readonly string[];
  /** Those of the unknown ones that this version cannot run with. */
  readonly incompatible: readonly string[];
}

/** What readiness calls a schema that does not fit. */
export const SCHEMA_GAPS = { pending: 'migrations', incompatible: 'schema-too-new' } as const;
export type SchemaGap = (typeof SCHEMA_GAPS)[keyof typeof SCHEMA_GAPS];

/**
 * A migration's name ends in its number and a made-up time, as in `ExportSlots005_1700000000005`. One that takes something away says in between
 * which migration a program must know to do without it: `DropOldSlots012Needs009_1700000000012`. Programs that know less do not run with it.
 */
const NAME = /(\d{3})(?:Needs(\d{3}))?_\d{13}$/;

/** The schema does not fit; `missing` names why, for readiness. */
export class SchemaGapError extends Error {
  constructor(
    readonly missing: readonly SchemaGap[],
    message: string,
  ) {
    super(message);
    this.name = 'SchemaGapError';
  }
}

/** A database, or one connection to it. */
interface Asked {
  query(statement: string): Promise<unknown>;
}

/** Looks at what was applied. Rejects when the database cannot be asked. */
export async function readSchemaState(database: Asked): Promise<SchemaState> {
  const names = MIGRATIONS.map((migration) => new migration().name);
  const [{ found }] = (await database.query(
    `select to_regclass('schema_migration') is not null as found`,
  )) as [{ found: boolean }];
  if (!found) return { pending: names, unknown: [], incompatible: [] };
  const rows = (await database.query('select name from schema_migration order by id')) as { name: string }[];
  return compareSchema(
    names,
    rows.map(({ name }) => name),
  );
}

/** @param known names of the migrations that this version comes with, @param applied those that the database has */
export function compareSchema(known: readonly string[], applied: readonly string[]): SchemaState {
  const newest = Math.max(...known.map((name) => numbersOf(name).own));
  const unknown = applied.filter((name) => !known.includes(name));
  return {
    pending: known.filter((name) => !applied.includes(name)),
    unknown,
    incompatible: unknown.filter((name) => numbersOf(name).needs > newest),
  };
}

/** A migration's own number, and that of the migration that whoever runs with it must know; 0 for none. */
export function numbersOf(name: string): { readonly own: number; readonly needs: number } {
  const [, own = '0', needs = '0'] = NAME.exec(name) ?? [];
  return { own: Number(own), needs: Number(needs) };
}

/** For readiness: what does not fit, by name; empty when all does. Rejects when the database cannot be asked. */
export async function schemaGaps(dataSource: DataSource): Promise<readonly SchemaGap[]> {
  return gapsOf(await readSchemaState(dataSource));
}

function gapsOf({ pending, incompatible }: SchemaState): readonly SchemaGap[] {
  return [
    ...(pending.length > 0 ? [SCHEMA_GAPS.pending] : []),
    ...(incompatible.length > 0 ? [SCHEMA_GAPS.incompatible] : []),
  ];
}

/** @throws SchemaGapError saying what is to be done */
export async function assertSchemaFits(dataSource: DataSource): Promise<void> {
  const state = await readSchemaState(dataSource);
  const gaps = gapsOf(state);
  if (gaps.length > 0) throw new SchemaGapError(gaps, adviceFor(state));
}

/** What is to be done about a schema that does not fit. */
export function adviceFor({ pending, incompatible }: SchemaState): string {
  if (incompatible.length > 0) {
    const names = incompatible.join(', ');
    return `A newer version has changed the database so that this one cannot run with it (${names}): run a newer version.`;
  }
  return `The database lacks ${pending.join(', ')}: run "sluice migrate".`;
}
