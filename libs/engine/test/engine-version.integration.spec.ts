import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALLOWED_FUNCTIONS } from '../src/duckdb/allowed-functions.js';

/**
 * Another version of the engine may read files by a new function, or evaluate a filter before the one that hides rows. To raise it: read what
 * the diff of `engine-functions.txt` shows, run the attack, resource and non-interference tests on it, then change these two lines.
 */
const ENGINE = 'v1.5.5';
const CLIENT = '1.5.5-r.5';

const ROOT = join(__dirname, '../../..');
const readJson = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest;

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity?: string }>>;
}

/** Grammar rather than functions, so the engine does not list them. */
const SYNTAX = new Set(['coalesce', 'ifnull', 'nullif', 'position', 'row', 'struct_pack', 'try']);

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

async function functionsByType(): Promise<ReadonlyMap<string, readonly string[]>> {
  const reader = await connection.runAndReadAll(
    'select function_type, list(distinct function_name order by function_name) from duckdb_functions() group by 1',
  );
  return new Map(
    reader
      .getRowsJson()
      .map(([type, names]) => [String(type), (names as readonly string[]).map((name) => name)] as const),
  );
}

it('is exactly the version that was examined, pinned with its integrity', async () => {
  const [[version]] = (await connection.runAndReadAll('select version()')).getRows() as [[string]];
  expect(version).toBe(ENGINE);
  expect(readJson('package.json').dependencies['@duckdb/node-api']).toBe(CLIENT);
  const locked = Object.entries(readJson('package-lock.json').packages).filter(([path]) =>
    path.startsWith('node_modules/@duckdb/'),
  );
  expect(locked.length).toBeGreaterThan(2);
  for (const [, { version: each, integrity }] of locked) {
    expect(each).toBe(CLIENT);
    expect(integrity).toMatch(/^sha512-/);
  }
});

it('has exactly the functions that were examined', async () => {
  const snapshot = readFileSync(join(__dirname, 'engine-functions.txt'), 'utf8');
  const examined = snapshot.split(/\n(?=[a-z_])/).map((line) => line.trim().split(/\s+/));
  const found = [...(await functionsByType())].map(([type, names]) => [type, ...names]);
  const byType = (a: readonly string[], b: readonly string[]) => (a[0]! < b[0]! ? -1 : 1);
  expect(found.sort(byType)).toEqual(examined.sort(byType));
});

it('lets a statement call functions of the engine only, and none that is also a table function or a pragma', async () => {
  const functions = await functionsByType();
  const plain = new Set(['scalar', 'aggregate', 'macro'].flatMap((type) => functions.get(type) ?? []));
  const others = ['table', 'table_macro', 'pragma'].flatMap((type) => functions.get(type) ?? []);
  expect([...ALLOWED_FUNCTIONS].filter((name) => !plain.has(name) && !SYNTAX.has(name))).toEqual([]);
  expect(others.filter((name) => ALLOWED_FUNCTIONS.has(name))).toEqual([]);
});
