import { loadCatalog } from '@sluice/catalog';
import { DEFAULT_CSV_OPTIONS, DEFAULT_PDF_OPTIONS, ExportSpec } from '@sluice/contracts';
import { DuckDbExportEngine, ExportEngine, importTable, openDuckDbExportEngine } from '@sluice/engine';
import { Policy } from '@sluice/policy';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import * as sheetjs from 'xlsx';
import { XlsxEncoder } from '../src/encode/xlsx/xlsx-encoder.js';
import { EncodedFile, PlannedExport } from '../src/ports.js';
import { GovernedPlanner } from '../src/run/governed-planner.js';
import { FakeEngine } from './fake-engine.js';
import { TABLES, wide } from './xlsx-tables.js';

const made = new Date('2024-05-06T07:08:09Z');

describe('XLSX', () => {
  let [folder, engine]: [string, DuckDbExportEngine | undefined] = ['', undefined];
  let planOf: (spec: ExportSpec) => PlannedExport;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-xlsx-'));
    const [dataDir, catalogDir] = [path.join(folder, 'data'), path.join(folder, 'catalog')];
    for (const [name, sql] of Object.entries(TABLES)) {
      await importTable({
        source: { sql, dependsOn: [] },
        dataDir,
        catalogDir,
        name,
        tenant: null,
        key: ['id'],
      });
    }
    const catalog = await loadCatalog(catalogDir);
    const governance = { catalog, policy: Policy.build({ version: 1, classes: {} }, catalog) };
    const planner = new GovernedPlanner({ current: () => governance }, () => 0n);
    const principal = {
      subject: 'a person',
      clientId: 'a client',
      tenants: ['CA'],
      roles: ['exporter'],
    } as const;
    const origin = { requestId: 'r', address: '127.0.0.1' };
    planOf = (spec) => planner.plan({ jobId: 'j', attempt: 1, principal, origin, leaseMs: 1_000, spec });
    engine = await openDuckDbExportEngine({
      dataDir,
      workDir: path.join(folder, 'work'),
      memoryLimit: '256MiB',
      maxSpill: '1GiB',
      concurrency: 2,
      maxWaiting: 4,
      waitTimeoutMs: 60_000,
      onError: (error) => {
        throw error;
      },
    });
  });

  afterAll(async () => {
    await engine?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const encode = (queryDefinition: object, on: ExportEngine = engine!): Promise<EncodedFile> => {
    const options = { csv: DEFAULT_CSV_OPTIONS, pdf: DEFAULT_PDF_OPTIONS };
    const spec = { queryDefinition, format: 'xlsx', compression: null, ...options } as const;
    const signal = new AbortController().signal;
    return new XlsxEncoder(on, () => made).encode(planOf(spec), spec, { signal, timeoutMs: 600_000 });
  };

  const read = async (queryDefinition: object): Promise<{ book: sheetjs.WorkBook; rows: unknown[][] }> => {
    const file = await encode(queryDefinition);
    const book = sheetjs.read(await buffer(file.stream), { cellFormula: true, cellNF: true });
    expect(await file.rows).toBe(file.rowsSoFar());
    const sheet = book.Sheets[book.SheetNames[0]!]!;
    return { book, rows: sheetjs.utils.sheet_to_json<unknown[]>(sheet, { header: 1, defval: null }) };
  };

  it('holds every value as another reader finds it', async () => {
    const { book, rows } = await read({ dataset: 'nasty', timezone: 'Europe/Berlin', sort: ['id'] });
    expect(rows).toEqual([
      ['id', 'txt', 'big', 'exact', 'dbl', 'day', 'at', 'ok'],
      [
        1,
        '',
        '9223372036854775807',
        '12345678901234567890123456789012345.678',
        0.1,
        45351,
        45382 + 3.5 / 24,
        true,
      ],
      [
        2,
        'a "b" & <c>\r\nd\te',
        '-9223372036854775808',
        -1.5,
        'NaN',
        '1899-12-31',
        (45592 * 86_400 + 9_000.25) / 86_400,
        false,
      ],
      [3, null, null, null, null, null, null, null],
      [4, '=1+1', 999999999999999, '999999999999999.123', 'Infinity', 61, '1850-01-01T12:53:00+00:53', true],
      [5, '_x0041\u0001_x0042_ _X0041_', '1000000000000000', 1234.5, '-Infinity', 2958465, null, true],
      [6, '  😀 שלום \uffff', 0, 100, 1.7976931348623157e308, '0044-03-15', 61 + 1 / 24, true],
      [
        7,
        expect.stringMatching(/^&amp; \]\]> &#10;😀+… \[cut: 16399 characters\]$/u),
        1,
        0,
        1e-7,
        'infinity',
        '10000-01-01T00:00:00+01:00',
        false,
      ],
    ]);
    const sheet = book.Sheets['nasty']!;
    const cells = Object.entries(sheet).filter(([place]) => !place.startsWith('!'));
    expect(cells.filter(([, cell]) => (cell as sheetjs.CellObject).f !== undefined)).toEqual([]);
    expect([sheet['F2'], sheet['G2'], sheet['G3']].map((cell) => (cell as sheetjs.CellObject).w)).toEqual([
      '2024-02-29',
      '2024-03-31 03:30:00',
      '2024-10-27 02:30:00.250',
    ]);
    expect(sheet['!autofilter']).toEqual({ ref: 'A1:H8' });
  });

  it('tells about itself on its last sheet, and nothing of who asked', async () => {
    const query = { dataset: 'nasty', select: ['id'], filter: { column: 'id', op: 'lt', value: 3 } };
    const { book } = await read(query);
    expect(book.SheetNames).toEqual(['nasty', 'About']);
    const lines = sheetjs.utils.sheet_to_json<unknown[]>(book.Sheets['About']!, { header: 1 });
    const facts = new Map(lines.map(([name, value]) => [name, value]));
    expect(
      ['Dataset', 'Rows', 'Time zone', 'Masked columns', 'Made at (UTC)'].map((name) => facts.get(name)),
    ).toEqual(['nasty', 2, 'UTC', 'none', '2024-05-06T07:08:09Z']);
    const written = lines.slice(lines.findIndex(([name]) => name === 'Query') + 1).map(([, line]) => line);
    expect(JSON.parse(written.join('\n'))).toEqual(query);
    expect(JSON.stringify([book.Props, lines])).not.toMatch(/a person|a client|select s0|main|sluice-xlsx/);
  });

  it('goes on on a further sheet, each with its header', async () => {
    const file = await encode({ dataset: 'long', sort: ['id'] });
    const bytes = await buffer(file.stream);
    expect(await file.rows).toBe(1_048_577);
    const book = sheetjs.read(bytes, { sheets: ['long (2)'] });
    expect(book.SheetNames).toEqual(['long', 'long (2)', 'About']);
    expect(sheetjs.utils.sheet_to_json(book.Sheets['long (2)']!, { header: 1 })).toEqual([
      ['id', 't'],
      [1_048_575, 'x'],
      [1_048_576, 'x'],
    ]);
    const first = sheetjs.CFB.find(sheetjs.CFB.read(bytes, { type: 'buffer' }), '/xl/worksheets/sheet1.xml');
    const lines = Buffer.from(first!.content).toString().split('\n').slice(2, -1);
    expect(lines).toHaveLength(1_048_575);
    const isRow = (line: string, id: number): boolean =>
      line.startsWith(
        `<row r="${id + 2}"><c r="A${id + 2}"><v>${id}</v></c><c r="B${id + 2}" t="inlineStr">`,
      );
    expect(lines.every(isRow)).toBe(true);
  }, 600_000);

  it('can be wide, or of no row at all', async () => {
    const { rows } = await read({ dataset: 'wide', sort: ['id'] });
    expect(rows[3]).toEqual([2, ...wide.map((_, index) => 2 + index)]);
    const none = await read({
      dataset: 'wide',
      select: ['id'],
      filter: { column: 'id', op: 'lt', value: 0 },
    });
    expect(none.rows).toEqual([['id']]);
  });

  describe('on an engine that is played', () => {
    const row = '<row r="2"><c r="A2"><v>1</v></c></row>\n';
    const query = { dataset: 'nasty', select: ['id'] };
    const fake = (content: Readable | Iterable<Buffer>, rows: Promise<number>): FakeEngine => {
      const played = new FakeEngine();
      played.next = () => ({ content, rows });
      return played;
    };

    it('has no end where rows are missing, or the last is cut', async () => {
      for (const [text, rows] of [
        [row, 2],
        ['<row r="2"><c r="A2">', 1],
        [row.slice(1), 1],
      ] as const) {
        const file = await encode(query, fake([Buffer.from(text)], Promise.resolve(rows)));
        await expect(buffer(file.stream)).rejects.toMatchObject({ code: 'export-incomplete' });
        await expect(file.rows).rejects.toMatchObject({ code: 'export-incomplete' });
      }
    });

    it('fails with what broke the engine, also while nothing comes', async () => {
      const source = new Readable({ read: () => undefined });
      const file = await encode(query, fake(source, new Promise(() => undefined)));
      const read = buffer(file.stream);
      source.destroy(new Error('The engine broke.'));
      await expect(read).rejects.toThrow('The engine broke.');
      await expect(file.rows).rejects.toThrow('The engine broke.');
    });

    it('lets go of the engine at once when its reader leaves', async () => {
      const source = new Readable({ read: () => undefined });
      const file = await encode(query, fake(source, new Promise(() => undefined)));
      file.stream.resume();
      await sleep(20);
      file.stream.destroy();
      await expect(file.rows).rejects.toThrow();
      expect(source.destroyed).toBe(true);
    });

    it('takes from the engine no more than its reader takes', async () => {
      let taken = 0;
      const endless = function* (): Generator<Buffer> {
        for (;;) {
          taken += 1;
          yield Buffer.from(`<row r="2">${randomBytes(50_000).toString('hex')}</row>\n`);
        }
      };
      const file = await encode(query, fake(endless(), new Promise(() => undefined)));
      file.stream.read(0);
      let before = -1;
      for (const end = Date.now() + 45_000; taken !== before && Date.now() < end; await sleep(300))
        before = taken;
      // Three blocks of 512 KiB in work, 256 KiB of them deflated, and what waits before: pieces have 100 KB.
      expect(taken).toBe(before);
      expect(taken).toBeLessThan(60);
      file.stream.destroy();
      await expect(file.rows).rejects.toThrow();
    });

    it('refuses more columns than a sheet has', async () => {
      const spec = {
        queryDefinition: query,
        format: 'xlsx',
        compression: null,
        csv: DEFAULT_CSV_OPTIONS,
        pdf: DEFAULT_PDF_OPTIONS,
      } as const;
      const plan = {
        ...planOf(spec),
        columns: new Array(16_385).fill({ name: 'a', type: 'text', masked: false }),
      };
      const options = { signal: new AbortController().signal, timeoutMs: 1_000 };
      await expect(new XlsxEncoder(new FakeEngine()).encode(plan, spec, options)).rejects.toMatchObject({
        code: 'limit-exceeded',
        message: 'An Excel sheet has at most 16384 columns; the query selects 16385.',
      });
    });
  });
});
