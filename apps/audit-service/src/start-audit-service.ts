import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { auditRecorded } from '@sluice/contracts';
import { schemaGaps } from '@sluice/metadata-db';
import { counter, createLogger, Logger, RunningApp } from '@sluice/service-kit';
import { DataSource } from 'typeorm';
import { AuditServiceConfig } from './audit-service.config.js';
import { AuditServiceModule, AuditServiceParts } from './audit-service.module.js';
import { RecordAuditUseCase } from './record-audit.js';

const NAME = 'audit-service';
/** Batches of up to 500 rows each; more at once would only wait for each other's indexes. */
const CONCURRENCY = 4;

/** Starts taking audit records into the trail. The parts stay the caller's: it closes them after this app. */
export async function startAuditService(
  config: AuditServiceConfig,
  parts: AuditServiceParts,
): Promise<RunningApp> {
  const logger = createLogger(NAME, config.logLevel);
  const app = await NestFactory.createApplicationContext(AuditServiceModule.register(parts), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const useCase = app.get(RecordAuditUseCase);
  const recorded = counter({
    name: 'sluice_audit_records_total',
    help: 'Records that entered the audit trail.',
  });
  await parts.bus.subscribe(
    auditRecorded,
    NAME,
    async (message) => {
      recorded.inc(await useCase.record(message));
    },
    { concurrency: CONCURRENCY },
  );
  return { name: NAME, notReady: () => notReady(parts.dataSource, logger), close: () => app.close() };
}

async function notReady(dataSource: DataSource, logger: Logger): Promise<readonly string[]> {
  try {
    return await schemaGaps(dataSource);
  } catch (err) {
    logger.warn({ err }, 'postgres is not ready');
    return ['postgres'];
  }
}
