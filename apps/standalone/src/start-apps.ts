import { readAuditServiceConfig, startAuditService } from '@sluice/audit-service';
import { readExportOrchestratorConfig, startExportOrchestrator } from '@sluice/export-orchestrator';
import { readExportWorkerConfig, startExportWorker } from '@sluice/export-worker';
import { readGatewayConfig, RunningGateway, startGateway } from '@sluice/gateway';
import { MessageBus } from '@sluice/messaging';
import { ObjectInventory, ObjectStore } from '@sluice/object-store';
import { GovernanceFiles } from '@sluice/policy';
import { readQueryServiceConfig, startQueryService } from '@sluice/query-service';
import { Cleanup, Environment, Logger, RunningApp } from '@sluice/service-kit';
import { DataSource } from 'typeorm';

import { Engines, openAudit } from './embedded-parts.js';
import { HomePaths } from './home.js';

export interface StandaloneParts extends Engines {
  readonly bus: MessageBus;
  readonly dataSource: DataSource;
  readonly store: ObjectStore & ObjectInventory;
  readonly governance: GovernanceFiles;
}

const CLOSE_MS = 10_000;

/** Starts the five apps in this process, in an order in which each finds what it asks. */
export async function startApps(
  env: Environment,
  parts: StandaloneParts,
  paths: HomePaths,
  logger: Logger,
  cleanup: Cleanup,
): Promise<RunningGateway> {
  const { bus, dataSource, store, governance, engine, exportEngine } = parts;
  const running: RunningApp[] = [];
  const keep = <T extends RunningApp>(app: T): T => {
    running.push(app);
    cleanup.add(app.name, () => app.close(CLOSE_MS));
    return app;
  };
  keep(await startAuditService(readAuditServiceConfig(env), { bus, dataSource }));
  const audit = openAudit(paths, bus, logger, cleanup);
  keep(await startQueryService(readQueryServiceConfig(env), { bus, engine, governance, audit }));
  keep(await startExportOrchestrator(readExportOrchestratorConfig(env), { bus, dataSource, store, audit }));
  keep(
    await startExportWorker(readExportWorkerConfig(env), {
      bus,
      store,
      engine: exportEngine,
      governance,
      audit,
    }),
  );
  const others = [...running];
  const ready = async (): Promise<readonly string[]> =>
    (await Promise.all(others.map((app) => app.notReady()))).flat();
  return keep(await startGateway(readGatewayConfig(env), { bus, dataSource, store, audit, ready }));
}
