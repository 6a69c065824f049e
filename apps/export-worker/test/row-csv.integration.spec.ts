import { CsvOptions, DEFAULT_CSV_OPTIONS, DEFAULT_PDF_OPTIONS, ExportSpec } from '@sluice/contracts';
import { CsvRow } from '@sluice/csv';
import { DuckDbExportEngine, importTable, openDuckDbExportEngine } from '@sluice/engine';
import { duckDbDialect } from '@sluice/query-dsl';
import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CsvEncoder } from '../src/encode/csv/csv-encoder.js';
import { RowCsvEncoder } from '../src/encode/csv/row-csv-encoder.js';
import { ExportEncoder, PlannedExport } from '../src/ports.js';
import { GovernedPlanner } from '../src/run/governed-planner.js';
import { DuckDbRows } from './duckdb-rows.js';
import { RANDOM_COLUMNS, randomGovernance, randomRows, randomSql } from './random-rows.js';
import { failTest } from './readers.js';
import { eventually } from './worker-harness.js';

const ROWS = 6_000;
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Africa/Monrovia',
  'Pacific/Apia',
];

const csvOptions: fc.Arbitrary<CsvOptions> = fc.record({
  delimiter: fc.constantFrom(',', ';', '|', '\t'),
  bom: fc.boolean(),
  nullText: fc.constantFrom('', 'NULL', 'n/a', '1', 'true', '.*', '=1+1', '-', "'-", '#', '日', 'note'),
  rawText: fc.boolean(),
});
const names = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'=+-@＝"#,;| \'é😀a1'), minLength: 1, maxLength: 4 }),
  fc.constantFrom('NULL', 'n/a', '1', '#', '.*'),
);
const asked = fc.record({
  columns: fc.shuffledSubarray(Object.keys(RANDOM_COLUMNS), { minLength: 1 }),
  names: fc.uniqueArray(names, { minLength: 11, maxLength: 11, selector: (name) => name.toLowerCase() }),
  from: fc.integer({ min: 0, max: ROWS }),
  count: fc.integer({ min: 0, max: 400 }),
  timezone: fc.constantFrom(...ZONES),
  csv: csvOptions,
});

describe('CSV of an engine that gives rows only', () => {
  let folder: string;
  let native: DuckDbExportEngine;
  let rows: DuckDbRows;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-rows-'));
    const [dataDir, source] = [path.join(folder, 'data'), path.join(folder, 'rows.ndjson')];
    await writeFile(source, randomRows(ROWS));
    await importTable({
      source: { sql: randomSql(source), dependsOn: [] },
      dataDir,
      catalogDir: path.join(folder, 'catalog'),
      name: 'random',
      tenant: 'tenant',
      key: ['id'],
    });
    const limits = { concurrency: 2, maxWaiting: 4, waitTimeoutMs: 60_000 };
    const memory = { memoryLimit: '256MiB', maxSpill: '1GiB' };
    native = await openDuckDbExportEngine({
      dataDir,
      workDir: path.join(folder, 'work'),
      ...memory,
      ...limits,
      onError: failTest,
    });
    rows = await DuckDbRows.open(dataDir);
  });

  afterAll(async () => {
    rows.close();
    await native.close();
    await rm(folder, { recursive: true, force: true });
  });

  const specOf = (queryDefinition: object, csv: CsvOptions): ExportSpec => ({
    queryDefinition,
    format: 'csv',
    compression: null,
    csv,
    pdf: DEFAULT_PDF_OPTIONS,
  });

  const planOf = (spec: ExportSpec): PlannedExport => {
    const governance = randomGovernance();
    const planner = new GovernedPlanner({ current: () => governance }, () => 0n);
    return planner.plan({
      jobId: 'job',
      attempt: 1,
      principal: { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['exporter'] },
      spec,
      origin: { requestId: 'r', address: '127.0.0.1' },
      leaseMs: 1_000,
    });
  };

  const encoded = async (
    encoder: ExportEncoder,
    spec: ExportSpec,
  ): Promise<{ bytes: Buffer; rows: number }> => {
    const options = { signal: new AbortController().signal, timeoutMs: 20_000 };
    const file = await encoder.encode(planOf(spec), spec, options);
    const bytes = await buffer(file.stream);
    return { bytes, rows: await file.rows };
  };

  it('is to the byte what the engine writes itself, whatever the rows, names, options and zone', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async ({ columns, names, from, count, timezone, csv }) => {
        const select = columns.map((expr, index) => ({ expr, as: names[index] }));
        const filter = {
          and: [
            { column: 'id', op: 'gte', value: from },
            { column: 'id', op: 'lt', value: from + count },
          ],
        };
        const spec = specOf({ dataset: 'random', select, filter, sort: ['id'], timezone }, csv);
        const [ours, theirs] = [
          await encoded(new RowCsvEncoder(rows, duckDbDialect), spec),
          await encoded(new CsvEncoder(native), spec),
        ];
        expect(ours.bytes.toString()).toBe(theirs.bytes.toString());
        expect(ours.bytes.equals(theirs.bytes)).toBe(true);
        expect(ours.rows).toBe(Math.min(count, ROWS - from));
      }),
      { numRuns: 40 },
    );
  });

  const people = (count: number, source: () => AsyncIterable<CsvRow>): RowCsvEncoder =>
    new RowCsvEncoder(
      { rows: async () => ({ dataVersion: 'v', rows: source(), count: Promise.resolve(count) }) },
      duckDbDialect,
    );
  const spec = specOf({ dataset: 'random', select: ['id', 'note'] }, DEFAULT_CSV_OPTIONS);
  async function* source(count: number, fault?: Error): AsyncGenerator<CsvRow> {
    for (let id = 0n; id < count; id++) yield [id, 'a "note"'];
    if (fault) throw fault;
  }

  it('is no whole file when rows end early, as a stream that broke does', async () => {
    await expect(
      encoded(
        people(3, () => source(3)),
        spec,
      ),
    ).resolves.toMatchObject({ rows: 3 });
    await expect(
      encoded(
        people(3, () => source(2)),
        spec,
      ),
    ).rejects.toMatchObject({ code: 'export-incomplete' });
  });

  it('fails with what broke the source', async () => {
    const fault = new Error('the engine went away');
    const broken = people(5_000, () => source(5_000, fault));
    await expect(encoded(broken, spec)).rejects.toBe(fault);
  });

  it('lets go of the source when its reader leaves', async () => {
    let open = true;
    async function* watched(): AsyncGenerator<CsvRow> {
      try {
        yield* source(1_000_000);
      } finally {
        open = false;
      }
    }
    const options = { signal: new AbortController().signal, timeoutMs: 20_000 };
    const file = await people(1_000_000, watched).encode(planOf(spec), spec, options);
    for await (const _ of file.stream) break;
    await expect(file.rows).rejects.toThrow();
    await eventually(() => !open);
  });
});
