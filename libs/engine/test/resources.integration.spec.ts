import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertReadingStatement } from '../src/duckdb/statement-gate.js';
import { makeTable, temporaryFolder } from './make-table.js';
import { CaseReport } from './resource-child.js';
import { Ending, RESOURCE_CASES } from './resources.js';

const LIMIT_MS = 200;
/** Of the processor, so that a busy machine does not count; the engine needs less than a second on most, and the deaf go on for many. */
const STOP_MS = 4_000;
/** Of the processor, past a stop: what can be interrupted needs some tens of ms. */
const DEAF_MS = 200;
/** Private memory of the child: the engine's 256 MB, what it does not count, and Node itself. */
const DATA_MB = 1_400;
/** Where nothing must be refused by it: address space that is used up half-way ends a process in more ways than one. */
const ROOMY_MB = 8_000;
const folder = temporaryFolder();
let dataDir = '';

beforeAll(async () => {
  dataDir = join(folder.path, 'data');
  await makeTable(dataDir, 'flights', '1', `select i as id, 'T' || (i % 3) as tenant from range(1000) r(i)`);
});

const namesOf = (...kinds: readonly Ending['kind'][]) =>
  RESOURCE_CASES.filter(({ ending }) => kinds.includes(ending.kind)).map(({ name }) => name);

interface ChildEnd {
  readonly reports: readonly CaseReport[];
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs cases in a child whose memory is limited, and kills it after `lifeMs`. */
async function runInChild(names: readonly string[], lifeMs: number, dataMb = DATA_MB): Promise<ChildEnd> {
  const report = join(folder.path, `report-${names[0]!.replaceAll(/\W/g, '-')}`);
  const order = JSON.stringify({ dataDir, names, limitMs: LIMIT_MS, report });
  const script = [join(__dirname, 'run-source.cjs'), join(__dirname, 'resource-child.ts'), 'runCases', order];
  const limited = ['-c', `ulimit -d ${dataMb * 1024} -c 0 && exec "$0" "$@"`, process.execPath, ...script];
  const child = spawn('/bin/bash', limited, { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), lifeMs);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('exit', (...end) => {
      resolve(end);
    });
  });
  clearTimeout(timer);
  const lines = existsSync(report) ? readFileSync(report, 'utf8').trim().split('\n') : [];
  return { reports: lines.map((line) => JSON.parse(line) as CaseReport), code, signal };
}

it('knows at least 68 cases, each once', () => {
  expect(new Set(RESOURCE_CASES.map(({ name }) => name)).size).toBe(RESOURCE_CASES.length);
  expect(RESOURCE_CASES.length).toBeGreaterThanOrEqual(68);
});

it('bounds each statement that it can interrupt, in time and memory', async () => {
  const names = namesOf('bounded');
  const { reports, code, signal } = await runInChild(names, 600_000, ROOMY_MB);
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  expect(reports.map(({ name }) => name)).toEqual(names);
  for (const { answer, error, msPastStop } of reports) {
    expect(msPastStop).toBeLessThan(STOP_MS);
    if (answer === 'refused') expect(error).toMatch(/^Out of Memory Error/);
  }
  expect(Math.max(...reports.map(({ rssMb }) => rssMb))).toBeLessThan(DATA_MB);
}, 610_000);

it('refuses what it cannot take', async () => {
  const names = namesOf('refused');
  const { reports, code, signal } = await runInChild(names, 170_000);
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  expect(reports.map(({ name }) => name)).toEqual(names);
  for (const { name, ending } of RESOURCE_CASES) {
    const report = reports.find((each) => each.name === name);
    if (report && ending.kind === 'refused') expect(report.error).toMatch(ending.by);
  }
});

describe.each(namesOf('deaf'))('%s', (name) => {
  it('goes on past its interrupt', async () => {
    const { reports, signal } = await runInChild([name], 5_000);
    expect(signal === 'SIGKILL' || reports[0]!.msPastStop > DEAF_MS).toBe(true);
  });
});

describe.each(namesOf('deadly'))('%s', (name) => {
  it('ends the process', async () => {
    const { reports, code, signal } = await runInChild([name], 150_000);
    expect({ reports, code, signal }).toEqual({ reports: [], code: null, signal: 'SIGSEGV' });
  });
});

it.each(namesOf('deaf', 'deadly'))('never gets to the engine: %s', (name) => {
  const { sql } = RESOURCE_CASES.find((each) => each.name === name)!;
  expect(() => {
    assertReadingStatement(sql);
  }).toThrow(/ calls (?:levenshtein|repeat|lpad|list_transform|range|len|json_structure|json_merge_patch) /);
});
