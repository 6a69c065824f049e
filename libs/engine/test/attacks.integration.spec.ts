import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { engineMessage } from '../src/duckdb/engine-message.js';
import { OpenInstance } from '../src/duckdb/open-instance.js';
import { openForQueries } from '../src/duckdb/open-for-queries.js';
import { assertReadingStatement } from '../src/duckdb/statement-gate.js';
import { StoredTable, readStoredTables } from '../src/tables/stored-table.js';
import { Attack, ERROR_KINDS } from './attack.js';
import { ATTACKS_INSIDE } from './attacks-inside.js';
import { ATTACKS_OUTSIDE } from './attacks-outside.js';
import { makeTable, temporaryFolder } from './make-table.js';

const ATTACKS = [...ATTACKS_OUTSIDE, ...ATTACKS_INSIDE];
const SECRET = 'canary-7f3a';
const NORMAL = `select name from "flights"."main"."rows"`;
const folder = temporaryFolder();
let tables: readonly StoredTable[] = [];
let places: ReadonlyMap<string, string> = new Map();

beforeAll(async () => {
  const dataDir = join(folder.path, 'data');
  await makeTable(dataDir, 'flights', '1', `select '${SECRET}' as name`);
  await makeTable(join(folder.path, 'other'), 'own', '1', `select '${SECRET}' as name`);
  tables = await readStoredTables(dataDir);
  const data = tables[0]!.file;
  const link = join(folder.path, 'link.duckdb');
  await symlink(data, link);
  await mkdir(join(folder.path, 'out'));
  await writeFile(join(folder.path, 'marker'), '');
  places = new Map([
    ['{data}', data],
    ['{own}', join(folder.path, 'other', 'own', '1.duckdb')],
    ['{out}', join(folder.path, 'out', 'x')],
    ['{link}', link],
  ]);
});

/** One instance serves all that is refused, since nothing of it may leave a trace; any other attack has one of its own. */
let shared: OpenInstance | undefined;
const openInstance = () => openForQueries(tables, { threads: 1, memoryLimit: '256MB' });

afterAll(() => {
  shared?.close();
});

async function onInstance(attack: Attack, use: (open: OpenInstance) => Promise<void>): Promise<void> {
  if (attack.outcome.kind === 'refused') return use((shared ??= await openInstance()));
  const own = await openInstance();
  await use(own).finally(() => {
    own.close();
  });
}

const written = ({ sql }: Attack) =>
  [...places].reduce((text, [place, path]) => text.replaceAll(place, path), sql);

/** What the attack answered: the engine's message, or the rows as text. */
async function attempt(
  open: OpenInstance,
  sql: string,
): Promise<{ readonly error: string | null; readonly rows: string }> {
  const connection = await open.instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    const rows = JSON.stringify(reader.getRows(), (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    return { error: null, rows };
  } catch (error) {
    return { error: engineMessage(error), rows: '' };
  } finally {
    connection.closeSync();
  }
}

async function expectUnharmed(open: OpenInstance): Promise<void> {
  const connection = await open.instance.connect();
  const rows = await connection.runAndReadAll(NORMAL);
  connection.closeSync();
  expect(rows.getRows()).toEqual([[SECRET]]);
  expect(await readdir(dirname(places.get('{out}')!))).toEqual([]);
}

it('knows at least 122 attacks, each once', () => {
  expect(new Set(ATTACKS.map(({ sql }) => sql)).size).toBe(ATTACKS.length);
  expect(ATTACKS.length).toBeGreaterThanOrEqual(122);
});

describe.each(ATTACKS.map((attack) => [attack.group, attack.sql, attack] as const))(
  '%s: %s',
  (_, __, attack) => {
    const { outcome } = attack;

    it(`is ${outcome.kind}`, () =>
      onInstance(attack, async (open) => {
        const { error, rows } = await attempt(open, written(attack));
        if (outcome.kind === 'refused') expect(error).toMatch(ERROR_KINDS[outcome.by]);
        else expect(error).toBeNull();
        if (outcome.kind === 'harmless') expect(rows).not.toContain(SECRET);
        if (outcome.kind === 'breaks') expect((await attempt(open, NORMAL)).error).toMatch(/^Binder Error/);
        else await expectUnharmed(open);
      }));

    it('never gets to the engine', () => {
      expect(() => {
        assertReadingStatement(written(attack));
      }).toThrow('is refused');
    });
  },
);
