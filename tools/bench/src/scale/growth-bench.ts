import { buildCatalog } from '@sluice/catalog';
import { Principal } from '@sluice/contracts';
import { importTable, readStoredTables } from '@sluice/engine';
import { Governance, planQuery, Policy } from '@sluice/policy';
import { compilePage, duckDbDialect, Statement } from '@sluice/query-dsl';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectSide } from '../direct-side.js';
import { Load, measure, Measurement } from '../measure.js';

export const GROWTH_ROWS: readonly number[] = [1_000_000, 10_000_000, 50_000_000];
const TENANTS = 100;
const LOAD: Load = { clients: 1, seconds: 3 };
const BYTES_PER_MIB = 1_048_576;

const COLUMNS = {
  id: 'integer',
  tenant: 'text',
  customer: 'text',
  note: 'text',
  price: 'decimal(12,2)',
  ratio: 'double',
  flag: 'boolean',
  sold_on: 'date',
  sold_at: 'timestamp',
  quantity: 'integer',
} as const;

/** Every hundredth row is one tenant's; they arrive mixed, as events do. */
const eventsSql = (rows: number): string => `select i as id, 'tenant ' || (i % ${String(TENANTS)}) as tenant,
  'customer ' || (hash(i) % 99991) as customer, 'note ' || hash(i + 1) as note,
  ((i * 7919) % 100000000)::decimal(12,2) as price, (hash(i + 2) % 1000000) / 997.0::double as ratio, i % 3 = 0 as flag,
  date '2015-01-01' + (i // 20000)::integer as sold_on, timestamp '2015-01-01' + to_seconds(i * 3) as sold_at,
  (hash(i + 3) % 100)::bigint as quantity from range(${String(rows)}) r(i)`;

const CALLER: Principal = { subject: 'bench', clientId: 'bench', tenants: ['tenant 7'], roles: ['viewer'] };

interface Question {
  readonly name: string;
  readonly body: (rows: number) => object;
}

const QUESTIONS: readonly Question[] = [
  { name: 'first page of 100', body: () => ({ page: { limit: 100 } }) },
  {
    name: 'page of 100 by key, in the middle',
    body: (rows) => ({
      filter: { column: 'id', op: 'gte', value: Math.floor(rows / 2) },
      page: { limit: 100 },
    }),
  },
  {
    name: 'sums by day over all of the tenant',
    body: () => ({
      select: ['sold_on', 'sum(price * quantity) as revenue', 'count(*) as sales'],
      page: { limit: 5_000 },
    }),
  },
];

export interface GrowthRow {
  readonly rows: number;
  readonly importSeconds: number;
  readonly fileMib: number;
  readonly answers: readonly { readonly name: string; readonly measured: Measurement }[];
}

/** The engine alone, one client, over tables of a hundred tenants that differ only in how many rows they have. */
export async function runGrowthBench(say: (line: string) => void): Promise<readonly GrowthRow[]> {
  const grown: GrowthRow[] = [];
  for (const rows of GROWTH_ROWS) {
    const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
    try {
      say(`importing ${rows.toLocaleString('en-US')} rows …`);
      grown.push(await measureTable(home, rows));
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  }
  return grown;
}

async function measureTable(home: string, rows: number): Promise<GrowthRow> {
  const began = performance.now();
  await importTable({
    source: { sql: eventsSql(rows), dependsOn: [] },
    dataDir: join(home, 'data'),
    catalogDir: join(home, 'catalog'),
    name: 'events',
    tenant: 'tenant',
    key: ['id'],
  });
  const importSeconds = (performance.now() - began) / 1_000;
  const [table] = await readStoredTables(join(home, 'data'));
  if (!table) throw new Error('The import left no table.');
  const direct = await DirectSide.open(home, 1);
  try {
    const answers = [];
    for (const { name, body } of QUESTIONS) {
      const statement = statementOf(body(rows), table.sortedBy);
      answers.push({ name, measured: await measure(LOAD, () => direct.ask(0, statement)) });
    }
    return { rows, importSeconds, fileMib: (await stat(table.file)).size / BYTES_PER_MIB, answers };
  } finally {
    direct.close();
  }
}

function statementOf(body: object, sortedBy: readonly string[] | null): Statement {
  const asked = { dataset: 'events', count: 'none', ...body };
  const now = BigInt(Date.now()) * 1000n;
  const plan = planQuery({ body: asked, principal: CALLER, purpose: 'page', now }, eventsGovernance());
  return compilePage(plan, null, duckDbDialect, { sortedBy });
}

function eventsGovernance(): Governance {
  const columns = Object.fromEntries(Object.entries(COLUMNS).map(([name, type]) => [name, { type }]));
  const content = { name: 'events', tenant: 'tenant', key: ['id'], columns };
  const catalog = buildCatalog([{ file: 'events.yaml', content }]);
  return { catalog, policy: Policy.build({ version: 1 }, catalog) };
}

/** Size, time of the import and median time of each answer, as a table. */
export function growthTable(grown: readonly GrowthRow[]): string {
  const names = QUESTIONS.map(({ name }) => `${name}, ms`);
  return [
    `| rows | import, s | file, MiB | bytes a row | ${names.join(' | ')} |`,
    `|---|---|---|---|${'---|'.repeat(names.length)}`,
    ...grown.map(({ rows, importSeconds, fileMib, answers }) => {
      const cells = [
        rows.toLocaleString('en-US'),
        importSeconds.toFixed(0),
        fileMib.toFixed(0),
        ((fileMib * BYTES_PER_MIB) / rows).toFixed(1),
        ...answers.map(({ measured }) => measured.p50.toFixed(2)),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}
