import { ImportProgress, openDuckDbEngine, readStoredTables } from '@sluice/engine';
import { loadGovernance } from '@sluice/policy';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { vegaFile } from '../src/demo/demo-files.js';
import { importDemoData } from '../src/demo/import-demo-data.js';

const ORDERS = 5_000;
let home = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
});

afterAll(() => rm(home, { recursive: true, force: true }));

const versions = async () =>
  (await readStoredTables(join(home, 'data'))).map(({ name, version }) => `${name} ${version}`);

async function ask(sql: string): Promise<unknown> {
  const engine = await openDuckDbEngine({
    dataDir: join(home, 'data'),
    threads: 2,
    memoryLimit: '512MB',
    concurrency: 1,
    maxWaiting: 0,
    waitTimeoutMs: 100,
    onError: (error) => {
      throw error;
    },
  });
  const snapshot = engine.snapshot();
  const options = { signal: new AbortController().signal, timeoutMs: 20_000 };
  try {
    return await snapshot.query({ sql: sql.trim(), parameters: [] }, options);
  } finally {
    snapshot.release();
    await engine.close();
  }
}

it('goes on where an interrupted start left off, and skips what is there', async () => {
  const abort = new AbortController();
  const onProgress = ({ table }: ImportProgress) => {
    if (table === 'flights') abort.abort();
  };
  const interrupted = importDemoData({ home, orders: ORDERS, signal: abort.signal, onProgress });
  await expect(interrupted).rejects.toThrow('The import was canceled');
  expect(await importDemoData({ home, orders: ORDERS })).toEqual(['flights', 'customers', 'orders']);
  const before = await versions();
  expect(await importDemoData({ home, orders: ORDERS })).toEqual([]);
  expect(await versions()).toEqual(before);
});

it('invents what is asked for when the number changes, the same every time', async () => {
  const sum =
    'select md5(string_agg(cast(to_json(o) as varchar), chr(10) order by order_id)) from "orders"."main"."rows" o';
  const first = await ask(sum);
  expect(await importDemoData({ home, orders: ORDERS + 1 })).toEqual(['customers', 'orders']);
  expect(await importDemoData({ home, orders: ORDERS })).toEqual(['customers', 'orders']);
  expect(await ask(sum)).toEqual(first);
});

it('fits its catalogue and policy', async () => {
  const { catalog } = await loadGovernance(join(home, 'catalog'), join(home, 'policy.yaml'));
  const { datasets, defaultDataset } = catalog;
  expect(defaultDataset).toBe('flights');
  expect([...datasets.keys()].sort()).toEqual(['airports', 'customers', 'flights', 'orders']);
  const classed = [...(datasets.get('customers')?.columns.values() ?? [])].filter(
    (column) => column.dataClass !== null,
  );
  expect(classed.map(({ name, dataClass }) => `${name} ${String(dataClass)}`)).toEqual([
    'name pii',
    'email pii',
    'phone contact',
    'birth_date pii',
  ]);
  const policy: unknown = parse(await readFile(join(home, 'policy.yaml'), 'utf8'));
  expect(policy).toEqual({
    version: 1,
    classes: {
      pii: { viewer: 'mask', exporter: 'mask', admin: 'clear' },
      contact: { viewer: 'partial', exporter: 'partial', admin: 'clear' },
    },
  });
});

it('holds three million flights, each with the state of its origin', async () => {
  const sql = `
    select count(*), count(distinct flight_id), max(flight_id), count(distinct tenant_id),
      count(*) filter (tenant_id <> coalesce(airport.state, 'ZZ'))
    from "flights"."main"."rows" flight left join "airports"."main"."rows" airport on airport.iata = flight.origin`;
  expect(await ask(sql)).toEqual([[3_000_000n, 3_000_000n, 3_000_000n, 52n, 0n]]);
});

it('gives each order a customer of its own tenant', async () => {
  const sql = `
    select count(*), count(*) filter (customer.tenant_id = orders.tenant_id), min(quantity), max(quantity), min(unit_price) > 0
    from "orders"."main"."rows" orders left join "customers"."main"."rows" customer using (customer_id)`;
  expect(await ask(sql)).toEqual([[5_000n, 5_000n, 1n, 20n, true]]);
});

it('holds NULLs and awkward text', async () => {
  const sql = `
    select count(*) = 250, count(email) < count(*), count(phone) < count(*), count(birth_date) < count(*),
      count(*) filter (name not similar to '[A-Za-z]+ [A-Za-z]+') > 0
    from "customers"."main"."rows"`;
  expect(await ask(sql)).toEqual([[true, true, true, true, true]]);
});

it('leaves a changed policy as it is', async () => {
  const path = join(home, 'policy.yaml');
  await writeFile(path, 'version: 1\n');
  await importDemoData({ home, orders: ORDERS });
  expect(await readFile(path, 'utf8')).toBe('version: 1\n');
});

it('says in one sentence which file is missing', async () => {
  await expect(vegaFile('nothing.csv')).rejects.toThrow(
    'The demo data is not there: data/nothing.csv of the npm package vega-datasets is missing; run "npm ci" to install it.',
  );
});
