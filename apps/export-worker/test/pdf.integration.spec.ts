import { buildCatalog } from '@sluice/catalog';
import { DEFAULT_PDF_OPTIONS, ExportManifest, PdfOptions } from '@sluice/contracts';
import { DuckDbExportEngine, importTable, openDuckDbExportEngine } from '@sluice/engine';
import { Policy } from '@sluice/policy';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { PdfTable, readPdfTable } from './read-pdf.js';
import { eventually, WorkerHarness } from './worker-harness.js';

const ROWS = 3_000;
const DEADLINE_MS = 90_000;
/** Where a number stands that is wider than those by which the layout was chosen. */
const LATE = 2_500;
const TEXTS = [
  null,
  '',
  'a "quoted" name',
  `it's (in) \\ brackets)(`,
  'two\nlines',
  'a\r\n\nb',
  '=1+1',
  '@SUM(A1)',
  'smile 😀',
  'שלום עולם',
  'مرحبا بالعالم',
  '日本語',
  'Ünï ß Ж Ω € →',
  'sep\u001farated\u001e\u001d',
  '–',
] as const;
const BIG = ['9223372036854775807', '-9223372036854775808', '0', null] as const;
const EXACT = ['9999999999999999999999999999.9999999999', '-0.0000000001', null, '1.0000000000'] as const;
const DOUBLES = ['0.1', '1e-300', 'nan', '-inf', '1.7976931348623157e+308'] as const;
const DAYS = ['1815-06-18', '2024-02-29', null] as const;

const pick = <T>(values: readonly T[], row: number): T => values[row % values.length]!;
const literal = (value: string | null): string =>
  value === null ? 'null' : `'${value.replaceAll("'", "''")}'`;
const choose = (values: readonly (string | null)[], type: string): string =>
  `cast([${values.map(literal).join(', ')}][i % ${String(values.length)} + 1] as ${type})`;

const NASTY = `select i as id, ${choose(TEXTS, 'varchar')} as name, ${choose(BIG, 'bigint')} as big,
  case when i < ${String(LATE)} then cast(i as decimal(38,10)) else ${choose(EXACT, 'decimal(38,10)')} end as exact,
  ${choose(DOUBLES, 'double')} as ratio, ${choose(DAYS, 'date')} as day, timestamp '2024-07-01 10:20:30' + to_seconds(i) as at,
  i % 2 = 0 as even, 'secret' as pin, 'CA' as tenant_id from range(${String(ROWS)}) r(i)`;

const types = {
  id: { type: 'integer' },
  name: { type: 'text' },
  big: { type: 'integer' },
  exact: { type: 'decimal(38,10)' },
  ratio: { type: 'double' },
  day: { type: 'date' },
  at: { type: 'timestamp' },
  even: { type: 'boolean' },
  pin: { type: 'text', class: 'pii' },
  tenant_id: { type: 'text' },
};
const catalog = buildCatalog([
  { file: 'nasty.yaml', content: { name: 'nasty', tenant: 'tenant_id', key: ['id'], columns: types } },
]);
const classes = { pii: { viewer: 'deny', exporter: 'mask', admin: 'clear' } };
const NULL_SIGN = ['–'];

/** The lines of a text, as a page shows them: nothing of a line that is empty. */
function linesOf(text: string | null): readonly string[] | undefined {
  if (text === null) return NULL_SIGN;
  const lines = text
    .replace(/[\u001d-\u001f]/g, '\ufffd')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  return lines.length > 0 ? lines : undefined;
}

describe('a PDF of the real engine', () => {
  let harness: WorkerHarness;
  let engine: DuckDbExportEngine;

  beforeAll(async () => {
    harness = await WorkerHarness.create();
    harness.governance = { catalog, policy: Policy.build({ version: 1, classes }, catalog) };
    const dataDir = path.join(harness.folder, 'data');
    await importTable({
      source: { sql: NASTY, dependsOn: [] },
      dataDir,
      catalogDir: path.join(harness.folder, 'catalog'),
      name: 'nasty',
      tenant: 'tenant_id',
      key: ['id'],
    });
    engine = await openDuckDbExportEngine({
      dataDir,
      workDir: path.join(harness.folder, 'work'),
      memoryLimit: '256MiB',
      maxSpill: '1GiB',
      concurrency: 2,
      maxWaiting: 4,
      waitTimeoutMs: 60_000,
      onError: (error) => {
        throw error;
      },
    });
    await harness.start(engine);
  });

  afterAll(async () => {
    await harness.close();
    await engine.close();
  });

  const run = async (
    query: object,
    names: readonly string[],
    pdf: Partial<PdfOptions> = {},
  ): Promise<{ readonly table: PdfTable; readonly manifest: ExportManifest }> => {
    const queryDefinition = { dataset: 'nasty', ...query };
    const jobId = await harness.submit({
      queryDefinition,
      format: 'pdf',
      pdf: { ...DEFAULT_PDF_OPTIONS, ...pdf },
    });
    await eventually(() => harness.finished.some((message) => message.jobId === jobId), DEADLINE_MS);
    const outcome = await harness.outcomeOf(jobId);
    if (outcome.kind === 'failed') throw new Error(outcome.error.message);
    const bytes = await buffer(await harness.store.read(outcome.key));
    return { table: await readPdfTable(bytes, names), manifest: outcome.manifest };
  };

  it(
    'shows every value of every row, whatever is in it',
    async () => {
      const names = ['id', 'name', 'big', 'exact', 'ratio', 'day', 'at', 'even'];
      const query = { select: names, sort: ['id'], timezone: 'Europe/Berlin' };
      const { table, manifest } = await run(query, names);
      expect(manifest).toMatchObject({ rows: ROWS, format: 'pdf' });
      expect(table.rows).toHaveLength(ROWS);
      table.rows.forEach(({ exact, ...row }, i) => {
        const at = new Date(Date.UTC(2024, 6, 1, 12, 20, 30) + i * 1_000)
          .toISOString()
          .replace('.000Z', '+02:00');
        expect(row).toEqual({
          id: [String(i)],
          ...(linesOf(pick(TEXTS, i)) && { name: linesOf(pick(TEXTS, i)) }),
          big: linesOf(pick(BIG, i)),
          ratio: [pick(DOUBLES, i)],
          day: linesOf(pick(DAYS, i)),
          at: [at],
          even: [String(i % 2 === 0)],
        });
        expect(exact?.join('')).toBe(i < LATE ? `${String(i)}.0000000000` : (pick(EXACT, i) ?? '–'));
      });
    },
    DEADLINE_MS,
  );

  it(
    'repeats the header and numbers each page of all',
    async () => {
      const { table } = await run({ select: ['id', 'day', 'at'], sort: ['id'] }, ['id', 'day', 'at']);
      const { length } = table.pages;
      expect(length).toBeGreaterThan(50);
      table.pages.forEach(({ texts, width, height }, index) => {
        expect(texts.filter((text) => ['id', 'day', 'at'].includes(text))).toEqual(['id', 'day', 'at']);
        expect(texts.join(' ')).toContain(`Page ${String(index + 1)} of ${String(length)}`);
        expect([width, height]).toEqual([595, 842]);
      });
    },
    DEADLINE_MS,
  );

  it(
    'splits a table that is too wide, with its first column on each page',
    async () => {
      const names = ['id', ...Array.from({ length: 39 }, (_, i) => `column${String(i)}`)];
      const select = names.map((name, i) =>
        i === 0 ? 'id' : { expr: `id * 1000 + ${String(i)}`, as: name },
      );
      const filter = { column: 'id', op: 'lt', value: 60 };
      const { table } = await run({ select, filter, sort: ['id'] }, names, { paper: 'letter' });
      const rows = Array.from({ length: 60 }, (_, row) =>
        Object.fromEntries(names.map((name, i) => [name, [String(i === 0 ? row : row * 1_000 + i)]])),
      );
      expect(table.rows).toEqual(rows);
      expect(table.pages[0]).toMatchObject({ width: 792, height: 612 });
      expect(table.pages[1]?.texts.join()).toMatch(/Columns 1, \d+–\d+ of 40/);
    },
    DEADLINE_MS,
  );

  it(
    'says what it is: title, rows, time, masks, and what it could not show',
    async () => {
      const select = ['id', 'name', 'pin'];
      const pdf = { title: 'Quarter “3” – Ünï' };
      const { table } = await run({ select, sort: ['id'], timezone: 'Europe/Berlin' }, select, pdf);
      expect(table.info).toMatchObject({ Title: pdf.title, Producer: 'Sluice' });
      expect(table.info).not.toHaveProperty('Author');
      const [first] = table.pages;
      expect(first?.texts).toContain(pdf.title);
      expect(first?.texts.join('')).toMatch(
        /3,000 rows +· +read \d{4}-\d\d-\d\d \d\d:\d\d \(Europe\/Berlin\) +· +masked: pin/,
      );
      expect(new Set(table.rows.map(({ pin }) => pin?.join()))).toEqual(new Set(['***']));
      const end = table.pages.at(-1)?.texts.join(' ') ?? '';
      expect(end).toContain('End of the table: 3,000 rows.');
      expect(end).toMatch(/Not in the font, .*: 3 different characters\./);
    },
    DEADLINE_MS,
  );

  it(
    'can be of no row at all',
    async () => {
      const filter = { column: 'id', op: 'lt', value: 0 };
      const { table, manifest } = await run({ select: ['id', 'name'], filter }, ['id', 'name']);
      expect(manifest.rows).toBe(0);
      expect(table.rows).toEqual([]);
      expect(table.pages).toHaveLength(1);
      expect(table.pages[0]?.texts).toEqual(expect.arrayContaining(['id', 'name', 'The table has no rows.']));
    },
    DEADLINE_MS,
  );
});
