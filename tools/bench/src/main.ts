import { besideTable, runBesideBench } from './beside-bench.js';
import { CONTEST_NAMES, exportTable, runExportBench } from './export/export-bench.js';
import { Comparison, ratiosOf } from './in-turns.js';
import { Measurement } from './measure.js';
import { PdfRound, runPdfBench } from './pdf-bench.js';
import { QueryBench, runQueryBench } from './query-bench.js';
import { growthTable, runGrowthBench } from './scale/growth-bench.js';
import { runScaleBench, scaleTable } from './scale/scale-bench.js';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const number = (value: number): string => value.toFixed(value < 10 ? 2 : 0);

function rowOf(comparison: Comparison): string {
  const { name, of, rounds } = comparison;
  const median = (side: 'service' | 'baseline', what: keyof Measurement): number =>
    rounds.map((round) => round[side][what]).sort((a, b) => a - b)[Math.floor((rounds.length - 1) / 2)] ?? 0;
  const [middle, low, high] = ratiosOf(comparison);
  const ratio = `${number(middle)} (${number(low)} to ${number(high)})`;
  const cells = [
    name,
    number(median('service', 'rate')),
    number(median('baseline', 'rate')),
    of === 'rate' ? ratio : '',
    number(median('service', 'p50')),
    number(median('baseline', 'p50')),
    of === 'p50' ? ratio : '',
  ];
  return `| ${cells.join(' | ')} |`;
}

function tableOf({ comparisons, memory }: QueryBench): string {
  return [
    '| | service /s | baseline /s | ratio of rates | service p50 ms | baseline p50 ms | ratio of times |',
    '|---|---|---|---|---|---|---|',
    ...comparisons.map(rowOf),
    '',
    `Memory of the service, MiB: ${memory.map(({ requests, mib }) => `${requests / 1_000}k: ${mib}`).join(', ')}`,
  ].join('\n');
}

function pdfTableOf(rounds: readonly PdfRound[]): string {
  return [
    '| PDF, rows a second | pdfkit | ratio |',
    '|---|---|---|',
    ...rounds.map(({ ours, pdfkit }) => `| ${number(ours)} | ${number(pdfkit)} | ${number(ours / pdfkit)} |`),
  ].join('\n');
}

const USAGE = `Usage: npm run bench -- query | export [--rows N] [--only ${CONTEST_NAMES.join(',')}] | beside | pdf | scale | growth`;
const EXPORT_ROWS = 10_000_000;

interface ExportOptions {
  readonly rows: number;
  readonly only: readonly string[];
}

/** Null for arguments that are not understood. */
function exportOptions(args: readonly string[]): ExportOptions | null {
  let [rows, only]: [number, readonly string[]] = [EXPORT_ROWS, []];
  for (let at = 0; at < args.length; at += 2) {
    const value = args[at + 1] ?? '';
    if (args[at] === '--rows') rows = Number(value);
    else if (args[at] === '--only') only = value.split(',');
    else return null;
  }
  const isKnown = only.every((name) => CONTEST_NAMES.includes(name));
  return isKnown && Number.isSafeInteger(rows) && rows >= 10 ? { rows, only } : null;
}

const BENCHES: Readonly<Record<string, (options: ExportOptions) => Promise<string>>> = {
  query: async () => tableOf(await runQueryBench(say)),
  export: async ({ rows, only }) => exportTable(await runExportBench(rows, only, say)),
  beside: async () => besideTable(await runBesideBench(say)),
  pdf: async () => pdfTableOf(await runPdfBench(say)),
  scale: async () => scaleTable(await runScaleBench(say)),
  growth: async () => growthTable(await runGrowthBench(say)),
};

async function main(): Promise<number> {
  const [what = '', ...rest] = process.argv.slice(2);
  const bench = BENCHES[what];
  const options = exportOptions(rest);
  if (!bench || options === null || (what !== 'export' && rest.length > 0)) {
    say(USAGE);
    return 2;
  }
  process.stdout.write(`${await bench(options)}\n`);
  return 0;
}

void main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  },
);
