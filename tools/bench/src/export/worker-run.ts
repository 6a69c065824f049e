import {
  ClaimedJob,
  DEFAULT_CSV_OPTIONS,
  DEFAULT_PDF_OPTIONS,
  ExportCompression,
  exportClaim,
  ExportFinished,
  exportFinished,
  ExportFormat,
  exportReady,
  exportRenew,
} from '@sluice/contracts';
import { openDuckDbExportEngine } from '@sluice/engine';
import { readExportWorkerConfig, startExportWorker } from '@sluice/export-worker';
import { InProcessMessageBus } from '@sluice/messaging';
import { LocalObjectStore } from '@sluice/object-store';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SELLER, salesGovernance, salesQuery } from './sales.js';

export interface ExportAsked {
  readonly home: string;
  readonly format: ExportFormat;
  readonly compression: ExportCompression | null;
  readonly rows: number;
  /** By a column of text that few rows share; otherwise as they come. */
  readonly sorted: boolean;
}

/** Runs one export as a worker does with its default settings, or the `SLUICE_EXPORT_MEMORY_MIB` of the environment, into the local encrypted store. Gives the seconds from the job's announcement to its outcome. */
export async function runInWorker(asked: ExportAsked): Promise<number> {
  const { home, format, compression, rows } = asked;
  const config = readExportWorkerConfig({
    SLUICE_EXPORT_MEMORY_MIB: process.env['SLUICE_EXPORT_MEMORY_MIB'],
    SLUICE_SECRET: randomBytes(32).toString('hex'),
    SLUICE_LOG_LEVEL: 'silent',
  });
  const engine = await openDuckDbExportEngine({
    dataDir: join(home, 'data'),
    workDir: join(home, 'work'),
    memoryLimit: `${config.memoryMib}MiB`,
    maxSpill: '64GiB',
    concurrency: 1,
    maxWaiting: 1,
    waitTimeoutMs: 1_000,
    onError: (error) => {
      throw error;
    },
  });
  const store = await LocalObjectStore.open({ folder: join(home, 'exports'), key: randomBytes(32) });
  const bus = new InProcessMessageBus();
  const job: ClaimedJob = {
    jobId: randomUUID(),
    attempt: 1,
    principal: SELLER,
    spec: {
      queryDefinition: salesQuery(asked),
      format,
      compression,
      csv: DEFAULT_CSV_OPTIONS,
      pdf: DEFAULT_PDF_OPTIONS,
    },
    origin: { requestId: 'bench', address: '127.0.0.1' },
    leaseMs: 60_000,
  };
  await bus.handle(exportClaim, async () => job);
  await bus.handle(exportRenew, async () => ({ proceed: true }));
  const finished = new Promise<ExportFinished>((resolve) => {
    void bus.subscribe(exportFinished, 'bench', async (message) => {
      resolve(message);
    });
  });
  const governance = salesGovernance();
  const audit = { record: async (): Promise<void> => undefined };
  const parts = { bus, store, engine, audit, governance: { current: () => governance } };
  const app = await startExportWorker(config, parts);
  const began = performance.now();
  await bus.publish(exportReady, { jobId: job.jobId });
  const { outcome } = await finished;
  const seconds = (performance.now() - began) / 1_000;
  await app.close(1_000);
  await engine.close();
  await bus.close(1_000);
  if (outcome.kind === 'failed') throw new Error(outcome.error.message);
  if (outcome.manifest.rows !== rows) throw new Error(`The file has ${String(outcome.manifest.rows)} rows.`);
  await store.delete(outcome.key);
  return seconds;
}
