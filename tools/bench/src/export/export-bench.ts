import { ExportCompression, ExportFormat } from '@sluice/contracts';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OneRun, Side } from './one-run.js';
import { importSales } from './sales.js';
import { ExportAsked } from './worker-run.js';

const ROUNDS = 3;
const RUN_MS = 1_800_000;

/** One kind of file and what it is measured against; another format is one more line. */
interface Contest {
  readonly format: ExportFormat;
  readonly compression: ExportCompression | null;
  readonly against: Side;
}

const CONTESTS: readonly Contest[] = [
  { format: 'csv', compression: null, against: 'direct' },
  { format: 'csv', compression: 'gzip', against: 'gzip' },
  { format: 'json', compression: null, against: 'direct' },
  { format: 'ndjson', compression: null, against: 'direct' },
  { format: 'parquet', compression: null, against: 'direct' },
];

export interface ExportComparison {
  readonly name: string;
  readonly rounds: readonly { readonly worker: OneRun; readonly baseline: OneRun }[];
  /** Peak memory of the worker at a tenth of the rows, in MiB. */
  readonly peakAtTenth: number;
}

/** Exports of so many rows by ten columns, from the job's announcement to the published file, in turns with the engine alone. */
export async function runExportBench(
  rows: number,
  say: (line: string) => void,
): Promise<readonly ExportComparison[]> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    await mkdir(join(home, 'direct'));
    say(`importing ${rows.toLocaleString('en-US')} rows …`);
    await importSales(home, rows);
    const comparisons: ExportComparison[] = [];
    for (const contest of CONTESTS) comparisons.push(await compare(contest, home, rows, say));
    return comparisons;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function compare(
  { format, compression, against }: Contest,
  home: string,
  rows: number,
  say: (line: string) => void,
): Promise<ExportComparison> {
  const name = [format, compression].filter(Boolean).join(' in ');
  const asked: ExportAsked = { home, format, compression, rows };
  const rounds = [];
  for (let round = 1; round <= ROUNDS; round++) {
    say(`${name}, round ${String(round)} …`);
    rounds.push({ worker: await runOne('worker', asked), baseline: await runOne(against, asked) });
  }
  const { peakMib } = await runOne('worker', { ...asked, rows: Math.ceil(rows / 10) });
  return { name, rounds, peakAtTenth: peakMib };
}

async function runOne(side: Side, asked: ExportAsked): Promise<OneRun> {
  const env = { ...process.env, UV_THREADPOOL_SIZE: '16' };
  // As the worker's own process begins.
  const first = require.resolve('@sluice/export-worker/dist/few-collections.js');
  const loads = side === 'worker' ? ['--require', first] : [];
  const args = [...loads, join(__dirname, 'one-run.js'), side, JSON.stringify(asked)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: RUN_MS });
  return JSON.parse(stdout) as OneRun;
}

/** Times, ratio of the worker to the baseline with its range, and memory, as a table. */
export function exportTable(comparisons: readonly ExportComparison[]): string {
  const rows = comparisons.map(({ name, rounds, peakAtTenth }) => {
    const middle = (values: readonly number[]): number =>
      [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
    const ratios = rounds.map(({ worker, baseline }) => worker.seconds / baseline.seconds);
    const peak = Math.max(...rounds.map(({ worker }) => worker.peakMib));
    const cells = [
      name,
      middle(rounds.map(({ worker }) => worker.seconds)).toFixed(2),
      middle(rounds.map(({ baseline }) => baseline.seconds)).toFixed(2),
      `${middle(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
      peak.toFixed(0),
      peakAtTenth.toFixed(0),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| | worker s | baseline s | ratio | peak MiB | peak MiB at a tenth of the rows |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
