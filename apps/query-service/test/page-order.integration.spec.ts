import { buildCatalog } from '@sluice/catalog';
import { DuckDbEngine, importTable, openDuckDbEngine } from '@sluice/engine';
import { planQuery, Policy } from '@sluice/policy';
import { compilePage, duckDbDialect, KeysetPosition } from '@sluice/query-dsl';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The statement of a page numbers and joins its rows in the order in which they come, and reads a stored order without sorting. That must
 * hold however many threads the engine has, and over more rows than one of its row groups (122,880) holds.
 */
const dataset = {
  name: 'events',
  tenant: 'tenant_id',
  default: true,
  key: ['id'],
  columns: { id: { type: 'integer' }, tenant_id: { type: 'text' }, mixed: { type: 'integer' } },
} as never;
const SQL = `
  select (i * 7919) % 400009 as id, ['CA', 'TX'][1 + i % 2] as tenant_id, (i * 104729) % 1009 as mixed
  from range(400000) r(i)`;

const catalog = buildCatalog([{ file: 'events.yaml', content: dataset }]);
const governance = { catalog, policy: Policy.build({ version: 1 }, catalog) };
const principal = { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['viewer'] } as const;

let home: string;
let engine: DuckDbEngine;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-order-'));
  const [dataDir, catalogDir] = [join(home, 'data'), join(home, 'catalog')];
  const source = { sql: SQL, dependsOn: [] };
  await importTable({ source, dataDir, catalogDir, name: 'events', tenant: 'tenant_id', key: ['id'] });
  const limits = { threads: 4, memoryLimit: '512MB', concurrency: 1, maxWaiting: 4, waitTimeoutMs: 30_000 };
  engine = await openDuckDbEngine({
    dataDir,
    ...limits,
    onError: (error) => {
      throw error;
    },
  });
});
afterAll(async () => {
  await engine.close();
  await rm(home, { recursive: true, force: true });
});

interface Event {
  readonly id: number;
  readonly mixed: number;
}

async function pageOf(
  sort: readonly string[],
  position: KeysetPosition | null,
  sortedBy: readonly string[] | null,
): Promise<readonly Event[]> {
  const body = { select: ['id', 'mixed'], sort, page: { limit: 5_000 }, count: 'none' };
  const snapshot = engine.snapshot();
  try {
    const query = planQuery({ body, principal, purpose: 'page', now: 0n }, governance);
    const statement = compilePage(query, position, duckDbDialect, { sortedBy });
    const options = { signal: new AbortController().signal, timeoutMs: 30_000 };
    const [[text = null] = []] = await snapshot.query(statement, options);
    return JSON.parse(`[${String(text)}]`) as Event[];
  } finally {
    snapshot.release();
  }
}

it('knows that an imported table is stored by tenant and key', () => {
  const snapshot = engine.snapshot();
  expect(snapshot.sortedBy('events')).toEqual(['tenant_id', 'id']);
  expect(snapshot.sortedBy('unknown')).toBeNull();
  snapshot.release();
});

it.each([
  ['the first page', null],
  ['a page far inside', ['300000']],
])('reads %s in the stored order as it would be sorted', async (_, position) => {
  const stored = await pageOf([], position, ['tenant_id', 'id']);
  const sorted = await pageOf([], position, null);
  expect(stored).toHaveLength(5_000);
  expect(stored).toEqual(sorted);
});

it('writes sorted rows in their order', async () => {
  const rows = await pageOf(['mixed desc', 'id'], null, ['tenant_id', 'id']);
  const ordered = [...rows].sort((a, b) => b.mixed - a.mixed || a.id - b.id);
  expect(rows).toHaveLength(5_000);
  expect(rows).toEqual(ordered);
});
