import { DuckDBInstance } from '@duckdb/node-api';
import { ExportFormat } from '@sluice/contracts';
import { importTable } from '@sluice/engine';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { READERS } from './formats.js';

export const TENANTS = ['CA', 'TX'] as const;
export type Tenant = (typeof TENANTS)[number];
export const DATASETS = { big: 400_000, small: 2_000 } as const;
export type Dataset = keyof typeof DATASETS;

/** Stands in each row of a tenant, and in nothing else. */
export const canaryOf = (tenant: Tenant): string => `canary-${tenant}-`;

/** Every row of a dataset; both tenants in turn. A new generation differs in each row. */
function rowsOf(dataset: Dataset, generation: number): string {
  return `select i as id, ['CA', 'TX'][1 + i % 2] as tenant_id,
    'canary-' || ['CA', 'TX'][1 + i % 2] || '-' || i || case when i % 1000 < 2 then E', "quoted"\\n☃' else '' end as label,
    ${generation} as generation from range(${DATASETS[dataset]}) t(i)`;
}

/** What `rowsOf` makes of an id in the first generation, reckoned apart from any engine. */
export interface DataRow {
  readonly id: number;
  readonly tenant_id: Tenant;
  readonly label: string;
  readonly generation: number;
}

export function rowAt(id: number): DataRow {
  const tenant = TENANTS[id % 2] ?? 'CA';
  const odd = id % 1_000 < 2 ? ', "quoted"\n☃' : '';
  return { id, tenant_id: tenant, label: `${canaryOf(tenant)}${id}${odd}`, generation: 1 };
}

/** The ids of a tenant from one on, exclusive of `to`: every second number. Without a list of them: a flood asks for hundreds a second. */
export interface IdRange {
  readonly first: number;
  readonly count: number;
}

export function idsOf(tenant: Tenant, from: number, to: number): IdRange {
  const first = from % 2 === TENANTS.indexOf(tenant) ? from : from + 1;
  return { first, count: Math.max(Math.ceil((to - first) / 2), 0) };
}

export const idAt = ({ first }: IdRange, index: number): number => first + 2 * index;

export async function importGeneration(folder: string, dataset: Dataset, generation: number): Promise<void> {
  await importTable({
    source: { sql: rowsOf(dataset, generation), dependsOn: [] },
    dataDir: join(folder, 'data'),
    catalogDir: join(folder, 'catalog'),
    name: dataset,
    tenant: 'tenant_id',
    key: ['id'],
    threads: 1,
  });
}

/** What was asked for: all rows of the own tenant from an id on. */
export interface Wanted {
  readonly dataset: Dataset;
  readonly tenant: Tenant;
  readonly fromId: number;
  readonly format: ExportFormat;
}

/** How the rows differ from those of each generation; null when they are all rows of just one of them, each once. */
export async function compareRows(
  wanted: Wanted,
  file: Buffer,
  generations: readonly number[],
): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-oracle-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const path = join(folder, 'file');
    await writeFile(path, file);
    const reader = READERS[wanted.format];
    if (!reader) throw new Error(`No reader for ${wanted.format}.`);
    const marks = async (source: string): Promise<string> => {
      const sql = `select count(*)::varchar || ' rows, ' ||
        coalesce(sum(hash(id::varchar, tenant_id, label, generation::varchar)), 0)::varchar from (${source})`;
      return String((await connection.runAndReadAll(sql)).getRows()[0]?.[0]);
    };
    const got = await marks(`from ${reader(path)}`);
    const mayBe: string[] = [];
    for (const generation of generations) {
      const rows = rowsOf(wanted.dataset, generation);
      mayBe.push(
        await marks(`from (${rows}) where tenant_id = '${wanted.tenant}' and id >= ${wanted.fromId}`),
      );
    }
    return mayBe.includes(got) ? null : `${got} instead of ${mayBe.join(' or ')}`;
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}
