import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCatalog } from '@sluice/catalog';
import { type AuditRecord, type AuditSink } from '@sluice/contracts';
import { type AnalyticEngine, importTable, openDuckDbEngine } from '@sluice/engine';
import { readGatewayConfig, startGateway } from '@sluice/gateway';
import { InProcessMessageBus } from '@sluice/messaging';
import { Policy } from '@sluice/policy';
import { MaskKey } from '@sluice/query-dsl';
import { deriveKey } from '@sluice/service-kit';
import { readQueryServiceConfig, startQueryService } from '@sluice/query-service';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { NOW } from './tables.js';

const SECRET = 'a secret of more than thirty-two characters';
const PUBLIC_URL = 'https://sluice.test';
/** The same for every service, so that answers can be compared to the byte. */
const VERSION = 'v1';

export interface TableSetup {
  readonly sql: string;
  readonly dataset: { readonly name: string; readonly tenant: string; readonly key: readonly string[] };
}

export interface WholeService {
  readonly url: string;
  /** Null unless the settings name a port. */
  readonly grpcPort: number | null;
  readonly records: AuditRecord[];
  close(): Promise<void>;
}

/** Gives tokens, and the key to check them by. */
export class Tokens {
  private constructor(
    private readonly server: Server,
    private readonly key: CryptoKey,
  ) {}

  static async start(): Promise<Tokens> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] });
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json').end(keys);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Tokens(server, privateKey);
  }

  get issuer(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async give(tenants: readonly string[], role: string): Promise<string> {
    return new SignJWT({ tenants, roles: [role], client_id: 'app' })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })
      .setIssuer(this.issuer)
      .setAudience(`${PUBLIC_URL}/api`)
      .setSubject('ann')
      .setExpirationTime('2h')
      .sign(this.key);
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Gateway and query service as they run in production, over real files; `wrap` may stand before the engine, `settings` are the gateway's. */
export async function startWholeService(
  tables: readonly TableSetup[],
  policy: object,
  tokens: Tokens,
  wrap: (engine: AnalyticEngine) => AnalyticEngine = (engine) => engine,
  settings: Readonly<Record<string, string>> = {},
): Promise<WholeService> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-whole-'));
  const dataDir = join(home, 'data');
  for (const { sql, dataset } of tables) {
    const { name, tenant, key } = dataset;
    const source = { sql, dependsOn: [] };
    await importTable({ source, dataDir, catalogDir: join(home, 'catalog'), name, tenant, key, threads: 1 });
    await renameVersion(join(dataDir, name));
  }
  const catalog = buildCatalog(tables.map(({ dataset }) => ({ file: dataset.name, content: dataset })));
  const governance = {
    catalog,
    policy: Policy.build(policy, catalog),
    maskKey: new MaskKey(deriveKey(SECRET, 'mask-hash')),
  };
  const engine = await openDuckDbEngine({
    dataDir,
    threads: 1,
    memoryLimit: '512MB',
    concurrency: 2,
    maxWaiting: 100,
    waitTimeoutMs: 20_000,
    onError: (error) => {
      throw error;
    },
  });
  const bus = new InProcessMessageBus();
  const records: AuditRecord[] = [];
  const audit: AuditSink = {
    record: async (record) => {
      records.push(record);
    },
  };
  const env = { SLUICE_SECRET: SECRET, SLUICE_LOG_LEVEL: 'silent' };
  const clock = (): bigint => NOW;
  const parts = { bus, engine: wrap(engine), audit, clock, governance: { current: () => governance } };
  const queryService = await startQueryService(readQueryServiceConfig(env), parts);
  const gateway = await startGateway(readGatewayConfig({ ...gatewayEnv(env, tokens), ...settings }), {
    bus,
    audit,
    dataSource: undefined as never,
    store: undefined as never,
  });
  return {
    url: `http://127.0.0.1:${String(gateway.port)}`,
    grpcPort: gateway.grpcPort,
    records,
    close: async () => {
      await gateway.close(1_000);
      await queryService.close(1_000);
      await bus.close(1_000);
      await engine.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

const gatewayEnv = (env: Record<string, string>, tokens: Tokens): Record<string, string> => ({
  ...env,
  SLUICE_HOST: '127.0.0.1',
  PORT: '0',
  SLUICE_PUBLIC_URL: PUBLIC_URL,
  SLUICE_BUILT_IN_ISSUER: 'false',
  SLUICE_ISSUER_URL: tokens.issuer,
  SLUICE_JWKS_URL: `${tokens.issuer}/keys`,
  SLUICE_AUDIENCE: `${PUBLIC_URL}/api`,
  SLUICE_RATE_LIMIT_PER_MINUTE: '0',
  SLUICE_AUTH_FAILURES_PER_MINUTE: '0',
});

/** A version is named by the time of its import; here it must be the same for all. */
async function renameVersion(folder: string): Promise<void> {
  const file = join(folder, 'current.json');
  const current = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  await rename(join(folder, `${current.version}.duckdb`), join(folder, `${VERSION}.duckdb`));
  await writeFile(file, JSON.stringify({ ...current, version: VERSION }));
}
