import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockForCopy, lockForQueries } from '../src/duckdb/lockdown.js';
import { OpenInstance, attachTables, openInstance } from '../src/duckdb/open-instance.js';
import { proveLockedForCopy, proveLockedForQueries } from '../src/duckdb/prove-locked.js';
import { StoredTable, readStoredTables } from '../src/tables/stored-table.js';
import { makeTable, temporaryFolder } from './make-table.js';

const folder = temporaryFolder();
let tables: readonly StoredTable[] = [];
let open: OpenInstance;

beforeEach(async () => {
  const dataDir = join(folder.path, 'data');
  if (!existsSync(dataDir)) await makeTable(dataDir, 'flights', '1', `select 'secret' as name`);
  tables = await readStoredTables(dataDir);
  open = await openInstance({ threads: 1, memoryLimit: '256MB' });
  await attachTables(open.connection, tables);
});

afterEach(() => {
  open.close();
});

/** What no statement may do in an instance that runs queries. Raw SQL, as if the compiler had been tricked. */
const QUERY_ATTACKS: readonly (readonly [string, (out: string, data: string) => string])[] = [
  ['read a file', () => `select * from read_text('/etc/hostname')`],
  ['read a file as a table', () => `select * from '/etc/passwd'`],
  ['read a file as CSV', () => `select * from read_csv('/etc/passwd')`],
  ['sniff a file', () => `select * from sniff_csv('/etc/passwd')`],
  ['read by URL', () => `select * from read_text('file:///etc/hostname')`],
  ['read over the network', () => `select * from read_csv('https://127.0.0.1:1/x.csv')`],
  ['list a folder', () => `select * from glob('/etc/*')`],
  ['read the data file itself', (_, data) => `select * from read_blob('${data}')`],
  ['attach the data file again', (_, data) => `attach '${data}' as again (read_only)`],
  ['attach another file', (out) => `attach '${out}.duckdb' as other`],
  ['write a file', (out) => `copy (select 1) to '${out}.csv'`],
  ['export all', (out) => `export database '${out}'`],
  ['load an extension', () => `load httpfs`],
  ['install an extension', () => `install httpfs`],
  ['install a community extension', () => `install h3 from community`],
  ['log to a file', (out) => `select * from enable_logging(storage_path = '${out}')`],
  ['set threads', () => `set threads = 8`],
  ['set the memory limit', () => `set memory_limit = '8GB'`],
  ['open up files again', () => `set enable_external_access = true`],
  ['reset the file systems', () => `reset disabled_filesystems`],
  ['set the time zone', () => `set TimeZone = 'Asia/Tokyo'`],
  ['profile into a file', (out) => `pragma profile_output = '${out}'`],
  ['write to the data', () => `insert into "flights"."main"."rows" values ('x')`],
  ['drop the data', () => `drop table "flights"."main"."rows"`],
];

describe('an instance locked for queries', () => {
  it.each(QUERY_ATTACKS)('cannot %s', async (_, attack) => {
    const out = join(folder.path, 'out');
    await lockForQueries(open.connection);
    const connection = await open.instance.connect();
    await expect(connection.run(attack(out, tables[0]!.file))).rejects.toThrow();
    const rows = await connection.runAndReadAll('select name from "flights"."main"."rows"');
    expect(rows.getRows()).toEqual([['secret']]);
    connection.closeSync();
    expect(existsSync(out)).toBe(false);
  });

  it('is proven locked', async () => {
    await lockForQueries(open.connection);
    await expect(proveLockedForQueries(open.connection, tables)).resolves.toBeUndefined();
  });
});

describe('the proof', () => {
  it('fails on an open instance', async () => {
    await expect(proveLockedForQueries(open.connection, tables)).rejects.toThrow('The engine is not locked');
  });

  it('notices that the data files can still be read', async () => {
    await open.connection.run('set enable_external_access = false');
    await open.connection.run('set lock_configuration = true');
    await expect(proveLockedForQueries(open.connection, tables)).rejects.toThrow('read_blob');
  });

  it('notices that settings are not locked', async () => {
    await open.connection.run('set enable_external_access = false');
    await open.connection.run(`set disabled_filesystems = 'LocalFileSystem'`);
    await expect(proveLockedForQueries(open.connection, tables)).rejects.toThrow('set threads');
  });

  it('notices an instance for copies that may write elsewhere', async () => {
    await open.connection.run(`set allowed_directories = ['/tmp/']`);
    await open.connection.run('set enable_external_access = false');
    await open.connection.run('set lock_configuration = true');
    await expect(proveLockedForCopy(open.connection)).rejects.toThrow('The engine is not locked');
  });
});

describe('an instance locked for a copy', () => {
  beforeEach(() => lockForCopy(open.connection, { path: join(folder.path, 'job'), maxSpill: '10MB' }));

  it('is proven locked', async () => {
    await expect(proveLockedForCopy(open.connection)).resolves.toBeUndefined();
  });

  it.each([
    ['beside its folder', 'job_evil/x.csv'],
    ['above its folder', 'job/../x.csv'],
    ['in a folder of another copy', 'job2/x.csv'],
  ])('cannot write %s', async (_, path) => {
    const out = join(folder.path, path);
    await expect(open.connection.run(`copy (select 1) to '${out}'`)).rejects.toThrow('Permission Error');
  });
});
