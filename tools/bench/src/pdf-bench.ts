import { buildCatalog } from '@sluice/catalog';
import { DEFAULT_CSV_OPTIONS, DEFAULT_PDF_OPTIONS } from '@sluice/contracts';
import { DuckDbExportEngine, importTable, openDuckDbExportEngine } from '@sluice/engine';
import { PdfEncoder } from '@sluice/export-worker';
import { planQuery, Policy } from '@sluice/policy';
import { compileFieldsExport, duckDbDialect, outputColumns, queryHash } from '@sluice/query-dsl';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawWithPdfkit } from './pdfkit-table.js';

const OURS = 200_000;
const PDFKIT = 20_000;
const ROUNDS = 3;
const TIMEOUT_MS = 600_000;
const TYPES = {
  id: 'integer',
  customer: 'text',
  region: 'text',
  ordered: 'date',
  shipped: 'timestamp',
  quantity: 'integer',
  unit_price: 'decimal(12,2)',
  discount: 'double',
  paid: 'boolean',
  note: 'text',
};
const ROWS = `select i as id, 'Customer ' || (i * 7919 % 100003) || ' Ltd.' as customer,
  ['North', 'South', 'East', 'West'][i % 4 + 1] as region, date '2024-01-01' + cast(i % 365 as integer) as ordered,
  timestamp '2024-03-01 10:00:00' + to_seconds(i) as shipped, i % 97 as quantity, cast(i * 1.37 % 1000 as decimal(12,2)) as unit_price,
  case when i % 11 > 0 then (i % 100) / 4.0::double end as discount, i % 2 = 0 as paid, 'note ' || i % 13 as note
  from range(${OURS}) r(i)`;

export interface PdfRound {
  /** Rows a second. */
  readonly ours: number;
  readonly pdfkit: number;
}

/** Ten mixed columns as PDF, from the engine to the last byte: this project's way beside pdfkit's `text()` for each cell, in turns. */
export async function runPdfBench(say: (line: string) => void): Promise<readonly PdfRound[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const dataDir = join(folder, 'data');
    const source = { sql: ROWS, dependsOn: [] };
    await importTable({
      source,
      dataDir,
      catalogDir: join(folder, 'catalog'),
      name: 'orders',
      tenant: null,
      key: ['id'],
    });
    const limits = {
      memoryLimit: '256MiB',
      maxSpill: '1GiB',
      concurrency: 1,
      maxWaiting: 1,
      waitTimeoutMs: 10_000,
    };
    const onError = (error: unknown): never => {
      throw error;
    };
    const engine = await openDuckDbExportEngine({
      dataDir,
      workDir: join(folder, 'work'),
      ...limits,
      onError,
    });
    try {
      return await rounds(engine, say);
    } finally {
      await engine.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function rounds(engine: DuckDbExportEngine, say: (line: string) => void): Promise<readonly PdfRound[]> {
  const done: PdfRound[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const ours = await rate(OURS, () => drawOurs(engine));
    const pdfkit = await rate(PDFKIT, () => drawTheirs(engine));
    say(`round ${round}: ${Math.round(ours)} rows a second, pdfkit ${Math.round(pdfkit)}`);
    done.push({ ours, pdfkit });
  }
  return done;
}

async function rate(rows: number, draw: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await draw();
  return (rows * 1_000) / (performance.now() - began);
}

function planOf(rows: number): Parameters<PdfEncoder['encode']>[0] {
  const columns = Object.fromEntries(Object.entries(TYPES).map(([name, type]) => [name, { type }]));
  const content = { name: 'orders', shared: true, key: ['id'], columns };
  const catalog = buildCatalog([{ file: 'orders.yaml', content }]);
  const policy = Policy.build({ version: 1 }, catalog);
  const principal = { subject: 'bench', clientId: 'bench', tenants: ['bench'], roles: ['exporter'] } as const;
  const body = {
    dataset: 'orders',
    select: Object.keys(TYPES),
    filter: { column: 'id', op: 'lt', value: rows },
  };
  const request = {
    body,
    principal,
    purpose: 'export',
    pointer: '',
    now: BigInt(Date.now()) * 1_000n,
  } as const;
  const query = planQuery(request, { catalog, policy });
  return {
    query,
    dataset: 'orders',
    columns: outputColumns(query, duckDbDialect),
    queryHash: queryHash(query),
    policyVersion: policy.version,
  };
}

const options = () => ({ signal: new AbortController().signal, timeoutMs: TIMEOUT_MS });

async function drawOurs(engine: DuckDbExportEngine): Promise<void> {
  const spec = {
    queryDefinition: {},
    format: 'pdf',
    compression: null,
    csv: DEFAULT_CSV_OPTIONS,
    pdf: DEFAULT_PDF_OPTIONS,
  } as const;
  const file = await new PdfEncoder(engine, 1 << 30).encode(planOf(OURS), spec, options());
  file.stream.resume();
  const rows = await file.rows;
  if (rows !== OURS) throw new Error(`The file has ${rows} rows instead of ${OURS}.`);
}

async function drawTheirs(engine: DuckDbExportEngine): Promise<void> {
  const { query } = planOf(PDFKIT);
  const copy = await engine.copy(
    compileFieldsExport(query, 2_000, duckDbDialect),
    { kind: 'lines' },
    options(),
  );
  await drawWithPdfkit(copy.stream);
  const rows = await copy.rows;
  if (rows !== PDFKIT) throw new Error(`pdfkit was given ${rows} rows instead of ${PDFKIT}.`);
}
