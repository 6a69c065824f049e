import { CellResult } from './run-cell.js';
import { Expectation, EXPECTED, Fault, FAULTS, Sight, Target, TARGETS } from './expectations.js';

type Row = readonly string[];

const EXPECTED_HEAD: Row = ['Part', 'Fault', 'Queries', 'Exports', 'Files from the store', 'Back within'];
const SEEN_HEAD: Row = [
  'Part',
  'Fault',
  'Requests',
  'Queries',
  'Exports',
  'Files from the store',
  'Longest answer',
  'Back after',
  'Jobs',
  'Lost',
  'Longest job',
  'Records',
  'Lost',
];

/** What is promised, as a table in Markdown. */
export function expectedTable(): string {
  return table(
    EXPECTED_HEAD,
    cells((target, fault) => expectedRow(target, fault, EXPECTED[target][fault])),
  );
}

/** What was seen; cells that were not run are left out. */
export function seenTable(results: readonly CellResult[]): string {
  const rows = cells((target, fault) => {
    const result = results.find((one) => one.target === target && one.fault === fault);
    return result ? seenRow(result) : null;
  });
  return table(SEEN_HEAD, rows);
}

function cells(rowOf: (target: Target, fault: Fault) => Row | null): readonly Row[] {
  return TARGETS.flatMap((target) =>
    FAULTS.flatMap((fault) => {
      const row = rowOf(target, fault);
      return row ? [row] : [];
    }),
  );
}

function expectedRow(
  target: Target,
  fault: Fault,
  { queries, exports, files, backWithin }: Expectation,
): Row {
  const back = backWithin === 0 ? 'never away' : `${backWithin} s`;
  return [target, fault, sights(queries), sights(exports), sights(files), back];
}

function sights(allowed: readonly Sight[]): string {
  return allowed.length === 0 ? 'go on' : allowed.map(quoted).join(', ');
}

const quoted = (sight: string): string => (sight === 'no connection' ? sight : `\`${sight}\``);

function seenRow(cell: CellResult): Row {
  return [
    cell.target,
    cell.fault,
    String(cell.asked),
    sightings(cell.queries),
    sightings(cell.exports),
    sightings(cell.files),
    seconds(cell.longestMs),
    seconds(cell.backAfterMs),
    String(cell.jobs),
    String(cell.jobsLost),
    seconds(cell.longestJobMs),
    String(cell.records),
    String(cell.recordsLost),
  ];
}

function sightings(seen: ReadonlyMap<string, number>): string {
  if (seen.size === 0) return 'went on';
  return [...seen].map(([sight, times]) => `${times} × ${sight}`).join(', ');
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** As Prettier would write it: each column as wide as its widest cell. */
function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), 3),
  );
  const line = (row: Row): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
