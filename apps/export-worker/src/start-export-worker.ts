import 'reflect-metadata';
import { createLogger, RunningApp } from '@sluice/service-kit';
import { NestFactory } from '@nestjs/core';
import { ExportWorkerConfig } from './export-worker.config.js';
import { ExportWorkerModule } from './export-worker.module.js';
import { ExportWorkerParts } from './ports.js';
import { ExportWork } from './work/export-work.js';

const NAME = 'export-worker';

/**
 * Starts carrying out exports on parts that are already built. Closing it ends or hands back what runs; the parts are
 * closed by whoever built them, after it.
 */
export async function startExportWorker(
  config: ExportWorkerConfig,
  parts: ExportWorkerParts,
): Promise<RunningApp> {
  const module = ExportWorkerModule.register(config, parts, createLogger(NAME, config.logLevel));
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  const work = app.get(ExportWork);
  await work.start();
  return {
    name: NAME,
    notReady: async () => [],
    close: async (graceMs) => {
      await work.close(graceMs);
      await app.close();
    },
  };
}
