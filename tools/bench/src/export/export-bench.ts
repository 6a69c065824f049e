import { ExportCompression, ExportFormat } from '@sluice/contracts';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OneRun, Side } from './one-run.js';
import { importSales } from './sales.js';
import { ExportAsked } from './worker-run.js';

const REPOSITORY = join(__dirname, '../../../..');
const ROUNDS = 3;
const RUN_MS = 1_800_000;

/** One kind of file, or of work on it, and what it is measured against; another is one more line. */
interface Contest {
  readonly name: string;
  readonly format: ExportFormat;
  readonly compression: ExportCompression | null;
  readonly sorted?: true;
  /** Whose time it is: the worker's from the job's announcement to the published file, unless it is work on a plain file. */
  readonly of: Extract<Side, 'worker' | 'compress'>;
  readonly against: Side;
  /** Rows at most, whatever is asked. */
  readonly most?: number;
}

const CONTESTS: readonly Contest[] = [
  { name: 'csv', format: 'csv', compression: null, of: 'worker', against: 'direct' },
  { name: 'csv-gzip', format: 'csv', compression: 'gzip', of: 'worker', against: 'gzip' },
  { name: 'gzip', format: 'csv', compression: 'gzip', of: 'compress', against: 'gzip' },
  { name: 'json', format: 'json', compression: null, of: 'worker', against: 'direct' },
  { name: 'ndjson', format: 'ndjson', compression: null, of: 'worker', against: 'direct' },
  { name: 'parquet', format: 'parquet', compression: null, of: 'worker', against: 'direct' },
  { name: 'csv-sorted', format: 'csv', compression: null, sorted: true, of: 'worker', against: 'direct' },
  {
    name: 'parquet-sorted',
    format: 'parquet',
    compression: null,
    sorted: true,
    of: 'worker',
    against: 'direct',
  },
  { name: 'xlsx', format: 'xlsx', compression: null, of: 'worker', against: 'exceljs', most: 1_000_000 },
];

export const CONTEST_NAMES: readonly string[] = CONTESTS.map(({ name }) => name);

export interface ExportComparison {
  readonly contest: Contest;
  readonly rows: number;
  readonly rounds: readonly { readonly ours: OneRun; readonly baseline: OneRun }[];
  /** Peak memory of the worker at a tenth of the rows, in MiB; null where no worker ran. */
  readonly peakAtTenth: number | null;
}

/**
 * Exports of so many rows by ten columns, from the job's announcement to the published file, in turns with the engine alone or what else
 * makes such files.
 *
 * @param only names of contests; all where it is empty
 */
export async function runExportBench(
  rows: number,
  only: readonly string[],
  say: (line: string) => void,
): Promise<readonly ExportComparison[]> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    await mkdir(join(home, 'direct'));
    say(`importing ${rows.toLocaleString('en-US')} rows …`);
    await importSales(home, rows);
    const comparisons: ExportComparison[] = [];
    for (const contest of CONTESTS) {
      if (only.length > 0 && !only.includes(contest.name)) continue;
      comparisons.push(await compare(contest, home, Math.min(rows, contest.most ?? rows), say));
    }
    return comparisons;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function compare(
  contest: Contest,
  home: string,
  rows: number,
  say: (line: string) => void,
): Promise<ExportComparison> {
  const { name, format, compression, sorted = false, of, against } = contest;
  const asked: ExportAsked = { home, format, compression, rows, sorted };
  // The plain file that is compressed.
  if (against === 'gzip') await runOne('direct', asked);
  const rounds = [];
  for (let round = 1; round <= ROUNDS; round++) {
    say(`${name}, round ${String(round)} …`);
    rounds.push({ ours: await runOne(of, asked), baseline: await runOne(against, asked) });
  }
  const tenth = { ...asked, rows: Math.ceil(rows / 10) };
  const peakAtTenth = of === 'worker' ? (await runOne('worker', tenth)).peakMib : null;
  return { contest, rows, rounds, peakAtTenth };
}

async function runOne(side: Side, asked: ExportAsked): Promise<OneRun> {
  const env = { ...process.env, UV_THREADPOOL_SIZE: '16' };
  // As the worker's own process begins.
  const first = join(REPOSITORY, 'apps/export-worker/dist/few-collections.js');
  const loads = side === 'worker' ? ['--require', first] : [];
  const args = [...loads, join(__dirname, 'one-run.js'), side, JSON.stringify(asked)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: RUN_MS });
  return JSON.parse(stdout) as OneRun;
}

const NAMES: Readonly<Record<Side, string>> = {
  worker: 'the whole export',
  compress: 'compression of the file alone',
  direct: "the engine's COPY",
  gzip: 'zlib level 1 over the file',
  exceljs: "exceljs' streaming writer",
};

/** Times, ratio of ours to the baseline with its range, and memory, as a table. */
export function exportTable(comparisons: readonly ExportComparison[]): string {
  return [
    '| | rows | measured | against | s | baseline s | ratio | peak MiB | peak MiB at a tenth of the rows |',
    '|---|---|---|---|---|---|---|---|---|',
    ...comparisons.map(tableRow),
  ].join('\n');
}

function tableRow({ contest, rows, rounds, peakAtTenth }: ExportComparison): string {
  const ratios = rounds.map(({ ours, baseline }) => ours.seconds / baseline.seconds);
  const measured = rounds[0]?.baseline.measured;
  const partly =
    measured === undefined ? '' : ` (time of ${measured.toLocaleString('en-US')} rows, scaled up)`;
  const cells = [
    contest.name,
    rows.toLocaleString('en-US'),
    NAMES[contest.of],
    `${NAMES[contest.against]}${partly}`,
    middle(rounds.map(({ ours }) => ours.seconds)).toFixed(2),
    middle(rounds.map(({ baseline }) => baseline.seconds)).toFixed(2),
    `${middle(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
    Math.max(...rounds.map(({ ours }) => ours.peakMib)).toFixed(0),
    peakAtTenth?.toFixed(0) ?? '',
  ];
  return `| ${cells.join(' | ')} |`;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}
