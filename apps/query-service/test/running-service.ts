import { buildCatalog } from '@sluice/catalog';
import { AuditRecord, AuditSink, Principal, QueryAnswer, queryRun, Role } from '@sluice/contracts';
import { DuckDbEngine, importTable, openDuckDbEngine } from '@sluice/engine';
import { InProcessMessageBus } from '@sluice/messaging';
import { Governance, Policy } from '@sluice/policy';
import { RunningApp } from '@sluice/service-kit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startQueryService } from '../src/index.js';
import { QueryServiceParts } from '../src/ports.js';

const MIB = 1_048_576;

export class KeptRecords implements AuditSink {
  readonly records: AuditRecord[] = [];
  failure: Error | null = null;

  async record(record: AuditRecord): Promise<void> {
    if (this.failure) throw this.failure;
    this.records.push(record);
  }
}

/** The service on real DuckDB files and the in-process bus. */
export interface RunningService {
  readonly bus: InProcessMessageBus;
  readonly audit: KeptRecords;
  readonly importSql: (name: string, sql: string) => Promise<void>;
  readonly run: (body: unknown, options?: RunOptions) => Promise<QueryAnswer>;
  /** Parses the answer; numbers lose digits as they do in JavaScript. */
  readonly rows: (body: unknown, options?: RunOptions) => Promise<ParsedAnswer>;
  readonly close: () => Promise<void>;
}

export interface RunOptions {
  readonly role?: Role;
  readonly tenant?: string;
  /** In place of `tenant`, for somebody of several. */
  readonly tenants?: readonly string[];
  readonly ifNoneMatch?: string;
  readonly noCache?: boolean;
}

export interface ParsedAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string; readonly masked: boolean }[];
  readonly rows: readonly Record<string, unknown>[];
  readonly page: {
    readonly limit: number;
    readonly returned: number;
    readonly hasMore: boolean;
    readonly next: string | null;
  };
  readonly meta: {
    readonly totalRows: number | null;
    readonly cached: boolean;
    readonly etag: string;
    readonly dataVersion: string;
  };
}

export interface TableSetup {
  /** Null leaves the dataset without data. */
  readonly sql: string | null;
  readonly dataset: object & {
    readonly name: string;
    readonly tenant?: string;
    readonly key: readonly string[];
  };
}

const PII = { pii: { viewer: 'mask', exporter: 'partial', admin: 'clear' } };

/**
 * @param clock microseconds since 1970; the system's unless given
 * @param classes of the policy: what each role sees of each class of columns
 */
export async function startService(
  tables: readonly TableSetup[],
  clock?: () => bigint,
  classes: object = PII,
): Promise<RunningService> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-query-'));
  const [dataDir, catalogDir] = [join(home, 'data'), join(home, 'catalog')];
  const importSql = async (name: string, sql: string): Promise<void> => {
    const { tenant = null, key } = tables.find(({ dataset }) => dataset.name === name)!.dataset;
    await importTable({ source: { sql, dependsOn: [] }, dataDir, catalogDir, name, tenant, key, threads: 1 });
  };
  for (const { dataset, sql } of tables) if (sql !== null) await importSql(dataset.name, sql);
  const catalog = buildCatalog(tables.map(({ dataset }) => ({ file: dataset.name, content: dataset })));
  const policy = Policy.build({ version: 1, classes }, catalog);
  const engine = await openEngine(dataDir);
  const audit = new KeptRecords();
  const bus = new InProcessMessageBus();
  const app = await start({ catalog, policy }, { engine, bus, audit, ...(clock && { clock }) });
  const run = (body: unknown, options: RunOptions = {}): Promise<QueryAnswer> =>
    bus.request(queryRun, {
      principal: principalOf(options),
      origin: { requestId: 'r', address: '127.0.0.1' },
      body,
      ifNoneMatch: options.ifNoneMatch ?? null,
      noCache: options.noCache ?? false,
    });
  return {
    bus,
    audit,
    importSql,
    run,
    rows: async (body, options) =>
      JSON.parse(Buffer.from((await run(body, options)).body).toString()) as ParsedAnswer,
    close: async () => {
      await app.close(1_000);
      await bus.close(1_000);
      await engine.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function principalOf({ role = 'viewer', tenant = 'CA', tenants = [tenant] }: RunOptions): Principal {
  const [first = tenant, ...others] = tenants;
  return { subject: 's', clientId: 'c', tenants: [first, ...others], roles: [role] };
}

function openEngine(dataDir: string): Promise<DuckDbEngine> {
  return openDuckDbEngine({
    dataDir,
    threads: 1,
    memoryLimit: '512MB',
    concurrency: 2,
    maxWaiting: 100,
    waitTimeoutMs: 10_000,
    pollMs: 50,
    onError: (error) => {
      throw error;
    },
  });
}

function start(governance: Governance, parts: Omit<QueryServiceParts, 'governance'>): Promise<RunningApp> {
  const config = {
    logLevel: 'silent' as const,
    secret: 'a secret of more than thirty-two characters',
    queryTimeoutMs: 10_000,
    memoryMib: 512,
    cacheBytes: 8 * MIB,
    cacheTtlMs: 60_000,
    reloadMs: 1_000,
  };
  return startQueryService(config, { ...parts, governance: { current: () => governance } });
}
