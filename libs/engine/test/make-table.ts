import { DuckDBInstance } from '@duckdb/node-api';
import { BOOLEAN, ColumnType, INTEGER, TEXT } from '@sluice/catalog';
import { Parameter, Statement } from '@sluice/query-dsl';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versionFile, writeCurrentVersion } from '../src/tables/current-version.js';

/** A folder that is gone after the test file. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeAll(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'sluice-engine-'));
  });
  afterAll(() => rm(folder.path, { recursive: true, force: true }));
  return folder;
}

/** Makes a version the current one of a dataset, the short way: no checks, columns not recorded. */
export async function makeTable(dataDir: string, name: string, version: string, sql: string): Promise<void> {
  const folder = join(dataDir, name);
  await mkdir(folder, { recursive: true });
  const instance = await DuckDBInstance.create(versionFile(folder, version));
  const connection = await instance.connect();
  await connection.run(`create table rows as ${sql}`);
  const reader = await connection.runAndReadAll('select count(*) from rows');
  connection.closeSync();
  instance.closeSync();
  const rows = Number(reader.getRows()[0]?.[0]);
  await writeCurrentVersion(folder, {
    version,
    rows,
    importedAt: new Date().toISOString(),
    columns: [],
    sortedBy: null,
  });
}

export function statement(sql: string, ...parameters: Parameter[]): Statement {
  return { sql, parameters };
}

export const integer = (value: bigint | bigint[]): Parameter => ({ type: INTEGER, value });
export const text = (value: string | string[]): Parameter => ({ type: TEXT, value });
export const boolean = (value: boolean): Parameter => ({ type: BOOLEAN, value });
export const parameter = (type: ColumnType, value: Parameter['value']): Parameter => ({ type, value });

/** Takes minutes over the thousand rows of `flights`, and is interruptible. */
export const SLOW_SQL =
  'select count(*) from "flights"."main"."rows" a cross join "flights"."main"."rows" b cross join "flights"."main"."rows" c ' +
  'cross join "flights"."main"."rows" d where (a.id + b.id + c.id + d.id) % 7 = 3';

export function errorCode(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}

/**
 * Milliseconds that the fastest of some tries took; no more of them are made once one was fast enough. A busy machine makes
 * any of them slower, and none faster: a promise is kept if one keeps it.
 */
export async function fastest(enoughMs: number, act: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let tries = 0; least >= enoughMs && tries < 10; tries += 1) {
    const began = performance.now();
    await act();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

/** Waits until a condition holds; fails after `deadlineMs`. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 45_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
