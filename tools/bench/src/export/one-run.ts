import 'reflect-metadata';
import { runCompress, runDirect, runGzip } from './direct-run.js';
import { runExceljs } from './exceljs-run.js';
import { SideRun } from './side-run.js';
import { ExportAsked, runInWorker } from './worker-run.js';

export const SIDES = {
  worker: runInWorker,
  compress: runCompress,
  direct: runDirect,
  gzip: runGzip,
  exceljs: runExceljs,
} as const;
export type Side = keyof typeof SIDES;

export interface OneRun extends SideRun {
  /** Most memory that was resident in the process, in MiB. */
  readonly peakMib: number;
}

const KIB = 1_024;

/** A process of its own for each run, so that its memory is of that run alone. Prints what it measured. */
async function main(): Promise<void> {
  const [side, asked] = process.argv.slice(2) as [Side, string];
  const made: number | SideRun = await SIDES[side](JSON.parse(asked) as ExportAsked);
  const told = typeof made === 'number' ? { seconds: made } : made;
  const run: OneRun = { ...told, peakMib: process.resourceUsage().maxRSS / KIB };
  process.stdout.write(`${JSON.stringify(run)}\n`);
}

if (require.main === module) void main();
