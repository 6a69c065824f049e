import { AuditSink, auditRecorded } from '@sluice/contracts';
import {
  assertThreadPoolSize,
  DuckDbEngine,
  DuckDbExportEngine,
  openDuckDbEngine,
  openDuckDbExportEngine,
  requiredThreadPoolSize,
} from '@sluice/engine';
import { InProcessMessageBus, MessageBus, publishSafely } from '@sluice/messaging';
import { openMetadata as connectMetadata, startEmbeddedPostgres } from '@sluice/metadata-db';
import { ObjectInventory, ObjectStore, openObjectStore, storeSettingsSchema } from '@sluice/object-store';
import { GovernanceFiles, loadGovernance } from '@sluice/policy';
import { MaskKey } from '@sluice/query-dsl';
import { loadGauge } from '@sluice/query-service';
import {
  AuditSpool,
  Cleanup,
  deriveKey,
  Environment,
  Logger,
  Loop,
  PlainError,
  readSettings,
  startAuditShipper,
} from '@sluice/service-kit';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

import { HomePaths } from './home.js';
import { Progress } from './progress.js';
import { StandaloneConfig } from './standalone.config.js';

const MIB = 1_048_576;
const CLOSE_MS = 10_000;

/** PostgreSQL in a folder, migrated. */
export async function openMetadata(
  paths: HomePaths,
  progress: Progress,
  logger: Logger,
  cleanup: Cleanup,
): Promise<DataSource> {
  const starting = startEmbeddedPostgres({
    folder: paths.postgres,
    onProgress: (line) => {
      progress.line(line);
    },
  });
  // Its errors are sentences for whoever starts the program, such as that another one uses the folder.
  const postgres = await starting.catch((error: unknown) => {
    throw error instanceof Error ? new PlainError(error.message, { cause: error }) : error;
  });
  cleanup.add('postgres', () => postgres.stop());
  const dataSource = await connectMetadata(postgres.url, (err) => {
    logger.warn({ err }, 'a connection to PostgreSQL broke');
  });
  cleanup.add('connections', async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
  });
  return dataSource;
}

export function openStore(
  paths: HomePaths,
  secret: string,
  env: Environment,
  logger: Logger,
): Promise<ObjectStore & ObjectInventory> {
  return openObjectStore(readSettings(storeSettingsSchema, env), {
    folder: paths.exports,
    derivedKey: deriveKey(secret, 'store'),
    staleAfterMs: 0,
    onLeftover: (err) => {
      logger.error({ err }, 'an upload that failed could not be given up');
    },
  });
}

export interface Engines {
  readonly engine: DuckDbEngine;
  readonly exportEngine: DuckDbExportEngine;
}

export async function openEngines(
  config: StandaloneConfig,
  paths: HomePaths,
  logger: Logger,
  cleanup: Cleanup,
): Promise<Engines> {
  const { queryConcurrency, exportConcurrency } = config;
  assertThreadPoolSize(requiredThreadPoolSize(queryConcurrency, exportConcurrency), config.threadPoolSize);
  const onError = (err: unknown): void => {
    logger.error({ err }, 'the engine reported a fault');
  };
  const engine = await openDuckDbEngine({
    dataDir: paths.data,
    threads: 1,
    memoryLimit: `${config.queryMemoryMib}MiB`,
    concurrency: queryConcurrency,
    maxWaiting: 256,
    waitTimeoutMs: 30_000,
    onError,
    onLoad: loadGauge(),
  });
  cleanup.add('query engine', () => engine.close());
  const exportEngine = await openDuckDbExportEngine({
    dataDir: paths.data,
    workDir: paths.work,
    memoryLimit: `${config.exportMemoryMib}MiB`,
    maxSpill: '64GiB',
    concurrency: exportConcurrency,
    maxWaiting: 64,
    waitTimeoutMs: 60_000,
    onError,
  });
  cleanup.add('export engine', () => exportEngine.close());
  return { engine, exportEngine };
}

/** The catalogue and policy, looked at again every second. */
export async function openGovernance(
  paths: HomePaths,
  secret: string,
  logger: Logger,
  cleanup: Cleanup,
): Promise<GovernanceFiles> {
  const maskKey = new MaskKey(deriveKey(secret, 'mask-hash'));
  const files = await GovernanceFiles.open(
    () => loadGovernance(paths.catalog, paths.policy, maskKey),
    (err) => {
      logger.error({ err }, 'the changed catalogue or policy is refused; the old one stays in force');
    },
  );
  const loop = new Loop(
    () => files.refresh(),
    1_000,
    (err) => {
      logger.error({ err }, 'the catalogue could not be looked at');
    },
  );
  loop.start();
  cleanup.add('catalogue watch', () => loop.close());
  return files;
}

export function openBus(logger: Logger, cleanup: Cleanup): MessageBus {
  const bus = new InProcessMessageBus({
    onFault: (fault) => {
      logger.error({ fault: fault.name, err: fault.error }, 'a handler failed');
    },
    onDeadLetter: (letter) => {
      logger.error({ event: letter.event }, 'a message was set aside');
    },
  });
  cleanup.add('bus', () => bus.close(CLOSE_MS));
  return bus;
}

/** Records wait in a folder until the audit service has them, also over a crash. */
export function openAudit(paths: HomePaths, bus: MessageBus, logger: Logger, cleanup: Cleanup): AuditSink {
  const onFault = (err: unknown): void => {
    logger.error({ err }, 'the audit spool reported a fault');
  };
  const spool = new AuditSpool({ folder: join(paths.audit, 'standalone'), maxBytes: 256 * MIB, onFault });
  cleanup.add('audit spool', () => spool.close());
  const shipper = startAuditShipper(spool, (records) => publishSafely(bus, auditRecorded, { records }), {
    onFault,
  });
  cleanup.add('audit shipper', () => shipper.stop(CLOSE_MS));
  return spool;
}
