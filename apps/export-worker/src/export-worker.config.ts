import {
  attemptSettings,
  checkLease,
  type Environment,
  integerSetting,
  leaseSettings,
  LOG_LEVELS,
  type LogLevel,
  readSettings,
  secretSetting,
} from '@sluice/service-kit';
import { z } from 'zod';

export interface ExportWorkerConfig {
  readonly logLevel: LogLevel;
  /** At least 32 characters; the key of the manifests is derived from it. */
  readonly secret: string;
  /** Exports that run at once in this process; at most as many as its engine has room for. */
  readonly concurrency: number;
  /** Memory of one export's engine, in MiB. */
  readonly memoryMib: number;
  /** Longest one attempt may run, in ms. */
  readonly exportTimeoutMs: number;
  /** Size past which a PDF fails its job, in bytes (SPEC X11). */
  readonly mostPdfBytes: number;
  /** How often a lease is renewed, in ms; so long may a cancel take to reach the engine (SPEC X3: 2 s). */
  readonly renewEveryMs: number;
  /** How long a ready job is held while no slot is free, in ms; far below the broker's limit for an acknowledgement. */
  readonly slotWaitMs: number;
  /** First pause before an outcome is told again that could not be told, in ms; doubles with each. */
  readonly tellAgainMs: number;
}

const MINUTE_MS = 60_000;
const MIB = 1_048_576;
/** 1 GiB: readers of PDF have trouble with more. */
const MOST_PDF_MIB = 1_024;

/** Variables of the service by their names, before they are made one config. */
export const EXPORT_WORKER_SETTINGS = z.object({
  SLUICE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  SLUICE_SECRET: secretSetting(),
  SLUICE_EXPORT_CONCURRENCY: integerSetting(1, 64).default(2),
  SLUICE_EXPORT_MEMORY_MIB: integerSetting(128, 1_048_576).default(256),
  SLUICE_PDF_MAX_MIB: integerSetting(1, MOST_PDF_MIB).default(MOST_PDF_MIB),
  ...attemptSettings,
  ...leaseSettings,
});

const schema = EXPORT_WORKER_SETTINGS.superRefine(checkLease).transform((env): ExportWorkerConfig => ({
  logLevel: env.SLUICE_LOG_LEVEL,
  secret: env.SLUICE_SECRET,
  concurrency: env.SLUICE_EXPORT_CONCURRENCY,
  memoryMib: env.SLUICE_EXPORT_MEMORY_MIB,
  mostPdfBytes: env.SLUICE_PDF_MAX_MIB * MIB,
  exportTimeoutMs: env.SLUICE_EXPORT_TIMEOUT_MINUTES * MINUTE_MS,
  renewEveryMs: env.SLUICE_EXPORT_RENEW_EVERY_MS,
  slotWaitMs: 10 * MINUTE_MS,
  tellAgainMs: 1_000,
}));

/** Throws SettingsError with a sentence for each bad variable. */
export function readExportWorkerConfig(env: Environment): ExportWorkerConfig {
  return readSettings(schema, env);
}
