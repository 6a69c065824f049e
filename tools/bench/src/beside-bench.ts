import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExportsUnderway } from './exports-underway.js';
import { measure, Measurement } from './measure.js';
import { PAGE_KINDS } from './pages.js';
import { ServiceSide } from './service-side.js';

const PORT = 3998;
const ROUNDS = 4;
const LOAD = { clients: 16, seconds: 8 } as const;
const WARM_UP = { clients: 16, seconds: 3 } as const;
/** As the service is started unless told otherwise, and so that all four exports run. */
const AT_ONCE = [2, 4] as const;

export interface BesideBench {
  /** Exports that the service runs at once; four are always asked for. */
  readonly atOnce: number;
  readonly rounds: readonly { readonly alone: Measurement; readonly beside: Measurement }[];
  /** Exports that were finished while queries were measured. */
  readonly finished: number;
}

/**
 * Uncached pages of 100 rows by 16 clients from the whole service, alone and beside exports as CSV, JSON, XLSX and Parquet that are asked
 * for again as they finish, in turns.
 */
export async function runBesideBench(say: (line: string) => void): Promise<readonly BesideBench[]> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const benches: BesideBench[] = [];
    for (const atOnce of AT_ONCE) benches.push(await besideExports(atOnce, home, say));
    return benches;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function besideExports(
  atOnce: number,
  home: string,
  say: (line: string) => void,
): Promise<BesideBench> {
  say(`starting the service with room for ${String(atOnce)} exports …`);
  const service = await ServiceSide.start(home, PORT, { SLUICE_EXPORT_CONCURRENCY: String(atOnce) });
  const [kind] = PAGE_KINDS;
  const ask = async (_: number, turn: number): Promise<void> => {
    await service.ask(kind?.body(turn) ?? {}, { 'cache-control': 'no-cache' });
  };
  try {
    await measure(WARM_UP, ask);
    const rounds = [];
    let finished = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      say(`round ${String(round)} …`);
      const alone = await measure(LOAD, ask);
      const exports = await ExportsUnderway.start(await service.exporter(), atOnce);
      const beside = await measure(LOAD, ask);
      rounds.push({ alone, beside });
      say(`${alone.rate.toFixed(0)} a second alone, ${beside.rate.toFixed(0)} beside`);
      finished += await exports.stop();
    }
    return { atOnce, rounds, finished };
  } finally {
    await service.stop();
  }
}

export function besideTable(benches: readonly BesideBench[]): string {
  const rows = benches.map(({ atOnce, rounds, finished }) => {
    const ratios = rounds.map(({ alone, beside }) => beside.rate / alone.rate);
    const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    const cells = [
      `${String(atOnce)} at once`,
      middle(rounds.map(({ alone }) => alone.rate)).toFixed(0),
      middle(rounds.map(({ beside }) => beside.rate)).toFixed(0),
      `${middle(ratios).toFixed(2)} (${range})`,
      middle(rounds.map(({ alone }) => alone.p95)).toFixed(0),
      middle(rounds.map(({ beside }) => beside.p95)).toFixed(0),
      String(finished),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| Four exports, | queries /s alone | /s beside | ratio | p95 ms alone | p95 ms beside | exports finished meanwhile |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}
