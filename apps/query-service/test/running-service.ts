import { buildCatalog } from '@sluice/catalog';
import { AuditRecord, AuditSink, PageForm, Principal, QueryAnswer, queryRun, Role } from '@sluice/contracts';
import { DuckDbEngine, importTable, openDuckDbEngine } from '@sluice/engine';
import { InProcessMessageBus } from '@sluice/messaging';
import { Governance, Policy } from '@sluice/policy';
import { MaskKey } from '@sluice/query-dsl';
import { RunningApp } from '@sluice/service-kit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startQueryService } from '../src/index.js';
import { AnswerCache, QueryServiceParts } from '../src/ports.js';
import { SeenEngine } from './seen-engine.js';

const MIB = 1_048_576;
/** Of columns that are shown as their hash. */
export const MASK_KEY = Buffer.alloc(32, 42);

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
  readonly engine: SeenEngine;
  /** Replaces the policy, as a changed file would. */
  readonly usePolicy: (content: object) => void;
  readonly importSql: (name: string, sql: string) => Promise<void>;
  readonly run: (body: unknown, options?: RunOptions) => Promise<QueryAnswer>;
  /** Parses the answer; numbers lose digits as they do in JavaScript. */
  readonly rows: (body: unknown, options?: RunOptions) => Promise<ParsedAnswer>;
  readonly close: () => Promise<void>;
}

export interface RunOptions {
  readonly role?: Role;
  /** One, or several with `+` between them. */
  readonly tenant?: string;
  readonly claims?: Principal['claims'];
  readonly ifNoneMatch?: string;
  readonly noCache?: boolean;
  readonly form?: PageForm;
  readonly timeoutMs?: number;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
}

/** What a test may choose. */
export interface ServiceOptions {
  readonly cache?: AnswerCache;
  /** The policy file, parsed. */
  readonly policy?: object;
  /** Microseconds since 1970; the system's clock unless given. */
  readonly clock?: () => bigint;
}

export const POLICY = {
  version: 1,
  classes: { pii: { viewer: 'mask', exporter: 'partial', admin: 'clear' } },
};

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
    readonly totalIsExact: boolean;
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

export async function startService(
  tables: readonly TableSetup[],
  options: ServiceOptions = {},
): Promise<RunningService> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-query-'));
  const [dataDir, catalogDir] = [join(home, 'data'), join(home, 'catalog')];
  const importSql = async (name: string, sql: string): Promise<void> => {
    const { tenant = null, key } = tables.find(({ dataset }) => dataset.name === name)!.dataset;
    await importTable({ source: { sql, dependsOn: [] }, dataDir, catalogDir, name, tenant, key, threads: 1 });
  };
  for (const { dataset, sql } of tables) if (sql !== null) await importSql(dataset.name, sql);
  const catalog = buildCatalog(tables.map(({ dataset }) => ({ file: dataset.name, content: dataset })));
  const policy = Policy.build(options.policy ?? POLICY, catalog);
  const governance = { catalog, policy, maskKey: new MaskKey(MASK_KEY) };
  const source = { current: (): Governance => governance };
  const engine = new SeenEngine(await openEngine(dataDir));
  const audit = new KeptRecords();
  const bus = new InProcessMessageBus();
  const { cache, clock } = options;
  const parts = { bus, engine, audit, ...(cache && { cache }), ...(clock && { clock }) };
  const app = await start({ ...parts, governance: source });
  const run = (body: unknown, options: RunOptions = {}): Promise<QueryAnswer> =>
    bus.request(
      queryRun,
      {
        principal: principalOf(options),
        origin: { requestId: 'r', address: '127.0.0.1' },
        body,
        ifNoneMatch: options.ifNoneMatch ?? null,
        noCache: options.noCache ?? false,
        ...(options.form && { form: options.form }),
        ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
      },
      options.signal ? { signal: options.signal } : {},
    );
  return {
    bus,
    audit,
    engine,
    usePolicy: (content) => {
      governance.policy = Policy.build(content, catalog);
    },
    importSql,
    run,
    rows: async (body, options) =>
      JSON.parse(Buffer.concat((await run(body, options)).body).toString()) as ParsedAnswer,
    close: async () => {
      await app.close(1_000);
      await bus.close(1_000);
      await engine.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export function principalOf({ role = 'viewer', tenant = 'CA', claims }: RunOptions): Principal {
  const tenants = tenant.split('+') as [string];
  return { subject: 's', clientId: 'c', tenants, roles: [role], ...(claims ? { claims } : {}) };
}

function openEngine(dataDir: string): Promise<DuckDbEngine> {
  return openDuckDbEngine({
    dataDir,
    threads: 1,
    memoryLimit: '512MB',
    concurrency: 2,
    maxWaiting: 100,
    waitTimeoutMs: 60_000,
    pollMs: 50,
    onError: (error) => {
      throw error;
    },
  });
}

function start(parts: QueryServiceParts): Promise<RunningApp> {
  const config = {
    logLevel: 'silent' as const,
    secret: 'a secret of more than thirty-two characters',
    queryTimeoutMs: 60_000,
    memoryMib: 512,
    cacheBytes: 8 * MIB,
    redisUrl: null,
    cacheTtlMs: 60_000,
    reloadMs: 1_000,
  };
  return startQueryService(config, parts);
}
