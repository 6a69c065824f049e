import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStoredTables } from '@sluice/engine';
import { runCli } from '../src/run-cli.js';

let home = '';
let stdout = '';
let stderr = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  stdout = '';
  stderr = '';
});

afterEach(() => rm(home, { recursive: true, force: true }));

function run(args: readonly string[], more: { isTTY?: boolean; signal?: AbortSignal } = {}): Promise<number> {
  return runCli(args, {
    env: { SLUICE_HOME: home },
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text), isTTY: more.isTTY ?? false },
    signal: more.signal ?? new AbortController().signal,
  });
}

async function file(name: string, content: string): Promise<string> {
  const path = join(home, name);
  await writeFile(path, content);
  return path;
}

it('imports a file and says what it did', async () => {
  const path = await file('trips.csv', 'Trip ID,day,state\n2,1,TX\n1,1,CA\n');
  expect(await run(['import', path, '--as', 'trips', '--tenant', 'state', '--key', 'Trip ID, day'])).toBe(0);
  expect(stdout).toMatch(
    /^Imported 2 rows into trips \(version [^)]+\)\.\nDescribed it in .*trips\.yaml: no column has a class yet/,
  );
  expect(stderr).toBe('trips: reading\ntrips: checking\ntrips: saving\n');
  const [table] = await readStoredTables(join(home, 'data'));
  expect(table).toMatchObject({ name: 'trips', rows: 2 });
  expect(await readFile(join(home, 'catalog', 'trips.yaml'), 'utf8')).toContain('tenant: state');
});

it('writes over its line on a screen', async () => {
  const path = await file('a.csv', 'id\n1\n');
  expect(await run(['import', path, '--as', 'a', '--shared', '--key', 'id'], { isTTY: true })).toBe(0);
  expect(stderr).toContain('\r\u001b[Ka: reading');
  expect(stderr.endsWith('\r\u001b[K')).toBe(true);
});

it('takes the state folder by option', async () => {
  const path = await file('a.csv', 'id\n1\n');
  const other = join(home, 'other');
  expect(await run(['import', path, '--as', 'a', '--shared', '--key', 'id', '--home', other])).toBe(0);
  expect(await readStoredTables(join(other, 'data'))).toHaveLength(1);
});

it.each([
  [
    ['import', 'nothing.csv', '--as', 'a', '--shared', '--key', 'id'],
    'sluice: The file nothing.csv cannot be read: there is no such file.',
  ],
  [['import', 'a.csv', '--as', 'a', '--key', 'id'], 'sluice: Say which column holds the tenant'],
  [['import', 'a.csv', '--as', 'a', '--shared', '--key', ','], 'sluice: A key is needed'],
  [
    ['import', 'a.csv', '--as', 'a', '--shared', '--tenant', 'x', '--key', 'id'],
    'cannot be used with option',
  ],
  [['import', 'a.csv', '--as', 'a'], `required option '--key <columns>' not specified`],
  [['import', '--as', 'a', '--key', 'id'], `missing required argument 'file'`],
  [['imprt'], `unknown command 'imprt'`],
])('fails with one clear sentence: %j', async (args, sentence) => {
  expect(await run(args)).toBe(1);
  expect(stderr).toContain(sentence);
  expect(stdout).toBe('');
});

it('ends with the code of the signal that stopped it', async () => {
  const path = await file('a.csv.gz', 'never read');
  const signal = AbortSignal.abort('SIGINT');
  expect(await run(['import', path, '--as', 'a', '--shared', '--key', 'id'], { signal })).toBe(130);
  expect(stderr).toContain('The import was canceled; what was there before is unchanged.');
});

it('helps', async () => {
  expect(await run(['--help'])).toBe(0);
  expect(stdout).toContain('import [options] <file>');
});
