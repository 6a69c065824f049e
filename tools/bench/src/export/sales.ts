import { buildCatalog } from '@sluice/catalog';
import { Principal } from '@sluice/contracts';
import { importTable } from '@sluice/engine';
import { Governance, Policy } from '@sluice/policy';
import { join } from 'node:path';

/** Ten columns of all types; some texts need quotes, some are NULL. All of one tenant. */
const salesSql = (rows: number): string => `select i as id, 'customer ' || (i % 9973) as customer,
  case i % 50 when 0 then 'say "hi", Zoë' when 1 then null else 'plain note ' || (hash(i) % 100000) end as note,
  ((i * 7919) % 100000000)::decimal(12,2) as price, (hash(i) % 1000000) / 997.0::double as ratio, i % 3 = 0 as flag,
  date '2015-01-01' + (i % 4000)::integer as sold_on, timestamp '2015-01-01' + to_seconds(i % 300000000) as sold_at,
  (i % 100)::bigint as quantity, 'CA' as tenant from range(${String(rows)}) r(i)`;

const COLUMNS = {
  id: 'integer',
  customer: 'text',
  note: 'text',
  price: 'decimal(12,2)',
  ratio: 'double',
  flag: 'boolean',
  sold_on: 'date',
  sold_at: 'timestamp',
  quantity: 'integer',
  tenant: 'text',
} as const;

export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly (keyof typeof COLUMNS)[];

export const SELLER: Principal = {
  subject: 'bench',
  clientId: 'bench',
  tenants: ['CA'],
  roles: ['exporter'],
};

/** All ten columns of the first so many rows. */
export const salesQuery = ({
  rows,
  sorted,
}: {
  readonly rows: number;
  readonly sorted: boolean;
}): object => ({
  dataset: 'sales',
  select: COLUMN_NAMES,
  filter: { column: 'id', op: 'lt', value: rows },
  ...(sorted && { sort: ['note desc'] }),
});

export function salesGovernance(): Governance {
  const columns = Object.fromEntries(Object.entries(COLUMNS).map(([name, type]) => [name, { type }]));
  const content = { name: 'sales', tenant: 'tenant', key: ['id'], columns };
  const catalog = buildCatalog([{ file: 'sales.yaml', content }]);
  return { catalog, policy: Policy.build({ version: 1 }, catalog) };
}

export async function importSales(home: string, rows: number): Promise<void> {
  await importTable({
    source: { sql: salesSql(rows), dependsOn: [] },
    dataDir: join(home, 'data'),
    catalogDir: join(home, 'catalog'),
    name: 'sales',
    tenant: 'tenant',
    key: ['id'],
  });
}
