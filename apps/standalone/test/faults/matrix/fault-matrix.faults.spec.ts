import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Arena } from './arena.js';
import { Fault, FAULTS, Target, TARGETS } from './expectations.js';
import { expectedTable, seenTable } from './fault-table.js';
import { writeSection } from './faults-page.js';
import { CellResult, LONG, runCell } from './run-cell.js';

const CELL_MS = 600_000;
const OUTPUT = join(__dirname, '../../../../../coverage');
/** `broker:frozen,redis` runs those cells alone. */
const CHOSEN = process.env['SLUICE_FAULT_CELLS']?.split(',');
/** `1` lets a machine with much other work refuse politely, whatever the cell: only what must never be is a failure. */
const LENIENT = process.env['SLUICE_FAULT_LENIENT'] === '1';
/** `1` writes what was seen into docs/faults.md, when every cell was run and holds. */
const WRITES = process.env['SLUICE_FAULT_DOCS'] === '1';

const isChosen = (target: Target, fault: Fault): boolean =>
  CHOSEN?.some((name) => name === target || name === `${target}:${fault}`) ?? true;
const CELLS = TARGETS.flatMap((target) =>
  FAULTS.filter((fault) => isChosen(target, fault)).map((fault) => [target, fault] as const),
);

const results: CellResult[] = [];
let held = 0;
/** One for all cells, until one does not hold: nobody knows what such a world is good for. */
let arena: Arena | undefined;

afterEach(async () => {
  await mkdir(OUTPUT, { recursive: true });
  await writeFile(
    join(OUTPUT, 'faults.md'),
    `${expectedTable()}\n\n${seenTable(results)}\n${notesOf(results)}`,
  );
});
afterAll(async () => {
  await arena?.destroy();
  if (!WRITES || held < TARGETS.length * FAULTS.length) return;
  await writeSection('expected', expectedTable());
  await writeSection('seen', seenTable(results));
}, 120_000);

describe('under a steady load', () => {
  it.each(CELLS)(
    '%s %s',
    async (target, fault) => {
      arena ??= await Arena.create();
      const used = arena;
      arena = undefined;
      try {
        const result = await runCell(used, target, fault, LONG);
        results.push(result);
        expect({ never: result.never, unexpected: LENIENT ? [] : result.unexpected }).toEqual({
          never: [],
          unexpected: [],
        });
        held += 1;
        used.forget();
        arena = used;
      } finally {
        if (arena !== used) await used.destroy();
      }
    },
    CELL_MS,
  );
});

/** What is to be said of cells that do not hold. */
function notesOf(cells: readonly CellResult[]): string {
  return cells
    .flatMap(({ target, fault, never, unexpected }) =>
      [...never, ...unexpected].map((what) => `- ${target} ${fault}: ${what}\n`),
    )
    .join('');
}
