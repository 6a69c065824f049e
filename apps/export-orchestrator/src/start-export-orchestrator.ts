import 'reflect-metadata';
import { schemaGaps } from '@sluice/metadata-db';
import { createLogger, Logger, RunningApp } from '@sluice/service-kit';
import { NestFactory } from '@nestjs/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { BackgroundWork } from './background/background-work.js';
import { ExportOrchestratorConfig } from './export-orchestrator.config.js';
import { ExportOrchestratorModule, ExportOrchestratorParts } from './export-orchestrator.module.js';
import { serveExports } from './serve-exports.js';

const NAME = 'export-orchestrator';

/**
 * Starts the owner of export jobs on parts that are already built. Closing it ends its background work; the parts, and
 * with the bus the handlers, are closed by whoever built them.
 */
export async function startExportOrchestrator(
  config: ExportOrchestratorConfig,
  parts: ExportOrchestratorParts,
): Promise<RunningApp> {
  const logger = createLogger(NAME, config.logLevel);
  const module = ExportOrchestratorModule.register(config, parts, logger);
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  const background = app.get(BackgroundWork);
  await serveExports(parts.bus, app);
  background.start();
  return {
    name: NAME,
    notReady: () => notReady(parts.dataSource, logger),
    close: async (graceMs) => {
      const closed = background.close().then(() => true);
      const inTime = await Promise.race([closed, sleep(graceMs, false, { ref: false })]);
      if (!inTime) logger.warn('background work did not end in time');
      await app.close();
    },
  };
}

async function notReady(dataSource: DataSource, logger: Logger): Promise<readonly string[]> {
  try {
    return await schemaGaps(dataSource);
  } catch (err) {
    logger.warn({ err }, 'postgres is not ready');
    return ['postgres'];
  }
}
