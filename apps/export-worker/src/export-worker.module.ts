import { MANIFEST_KEY_PURPOSE } from '@sluice/contracts';
import { deriveKey, Logger } from '@sluice/service-kit';
import { DynamicModule, Module } from '@nestjs/common';
import { ExportWorkerConfig } from './export-worker.config.js';
import { ExportWorkerParts } from './ports.js';
import { encodersOn } from './encode/encoders.js';
import { GovernedPlanner } from './run/governed-planner.js';
import { RunExport } from './run/run-export.js';
import { ExportWork } from './work/export-work.js';

/** Microseconds since 1970. */
const systemClock = (): bigint => BigInt(Date.now()) * 1000n;

/** The only place where the use case meets what it runs on. */
@Module({})
export class ExportWorkerModule {
  static register(config: ExportWorkerConfig, parts: ExportWorkerParts, logger: Logger): DynamicModule {
    const { bus, engine, store, audit } = parts;
    const settings = {
      manifestKey: deriveKey(config.secret, MANIFEST_KEY_PURPOSE),
      exportTimeoutMs: config.exportTimeoutMs,
      onLeftover: (err: unknown, jobId: string): void => {
        logger.error({ err, jobId }, 'files of a failed attempt were left in the store');
      },
    };
    return {
      module: ExportWorkerModule,
      providers: [
        {
          provide: GovernedPlanner,
          useValue: new GovernedPlanner(parts.governance, parts.clock ?? systemClock),
        },
        {
          provide: RunExport,
          inject: [GovernedPlanner],
          useFactory: (planner: GovernedPlanner) =>
            new RunExport(
              { planner, encoders: encodersOn(engine, config.mostPdfBytes), store, audit },
              settings,
            ),
        },
        {
          provide: ExportWork,
          inject: [RunExport],
          useFactory: (runExport: RunExport) => new ExportWork(bus, runExport, config, logger),
        },
      ],
    };
  }
}
