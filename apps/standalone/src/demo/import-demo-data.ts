import { ImportProgress, ImportSource, StoredTable, importTable, readStoredTables } from '@sluice/engine';
import { join } from 'node:path';
import { customersSql } from './customers-sql.js';
import { copyGovernance, exists, vegaFile } from './demo-files.js';
import { airportsSql, flightsSql } from './flights-sql.js';
import { ordersSql } from './orders-sql.js';

export interface DemoDataOptions {
  /** State folder: gets `data/`, `catalog/` and `policy.yaml`. */
  readonly home: string;
  /** How many orders to invent; there is a customer for every twenty. */
  readonly orders: number;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
}

const MEMORY_LIMIT = '1GB';
const ORDERS_PER_CUSTOMER = 20;

interface DemoTable {
  readonly name: string;
  readonly tenant: string | null;
  readonly key: readonly string[];
  /** How many rows it must have; null when any number will do. */
  readonly rows: number | null;
  source(): Promise<ImportSource>;
}

/**
 * Imports airports and flights from the npm package vega-datasets, and invents customers and orders: always the same ones. What is there
 * already is skipped, so it goes on where an interrupted start left off. Returns the names of what it imported.
 *
 * Throws an ImportError or a DemoDataError, whose message is one sentence.
 */
export async function importDemoData(options: DemoDataOptions): Promise<readonly string[]> {
  const { home, onProgress, signal } = options;
  const dataDir = join(home, 'data');
  await copyGovernance(home);
  const present = new Map((await readStoredTables(dataDir)).map((table) => [table.name, table]));
  const imported: string[] = [];
  for (const { source, rows, ...table } of demoTables(options.orders)) {
    if (await isWhole(present.get(table.name), rows)) continue;
    await importTable({
      ...table,
      source: await source(),
      dataDir,
      catalogDir: join(home, 'catalog'),
      memoryLimit: MEMORY_LIMIT,
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    });
    imported.push(table.name);
  }
  return imported;
}

/** In the order of their dependence. */
function demoTables(orders: number): readonly DemoTable[] {
  const customers = Math.ceil(orders / ORDERS_PER_CUSTOMER);
  return [
    {
      name: 'airports',
      tenant: null,
      key: ['iata'],
      rows: null,
      source: async () => ({ sql: airportsSql(await vegaFile('airports.csv')), dependsOn: [] }),
    },
    {
      name: 'flights',
      tenant: 'tenant_id',
      key: ['flight_id'],
      rows: null,
      source: async () => ({
        sql: flightsSql(await vegaFile('flights-3m.parquet')),
        dependsOn: ['airports'],
      }),
    },
    {
      name: 'customers',
      tenant: 'tenant_id',
      key: ['customer_id'],
      rows: customers,
      source: () => Promise.resolve({ sql: customersSql(customers), dependsOn: ['flights'] }),
    },
    {
      name: 'orders',
      tenant: 'tenant_id',
      key: ['order_id'],
      rows: orders,
      source: () => Promise.resolve({ sql: ordersSql(orders, customers), dependsOn: ['customers'] }),
    },
  ];
}

/** A version only becomes current when it is whole, so that its file is there is enough. */
async function isWhole(table: StoredTable | undefined, rows: number | null): Promise<boolean> {
  if (!table || (rows !== null && table.rows !== rows)) return false;
  return exists(table.file);
}
