import {
  attemptSettings,
  checkLease,
  type Environment,
  integerSetting,
  leaseSettings,
  LOG_LEVELS,
  type LogLevel,
  readSettings,
} from '@sluice/service-kit';
import { z } from 'zod';

export interface ExportOrchestratorConfig {
  readonly logLevel: LogLevel;
  /** How long a finished file is kept (SPEC X14). */
  readonly retentionMs: number;
  /** How long the same submission is answered with the first job (SPEC X2). */
  readonly dedupeWindowMs: number;
  /** How long a worker owns a job without renewing. */
  readonly leaseMs: number;
  /** Pause before the first retry; doubles with each. */
  readonly retryBaseMs: number;
  /** How long a ready job may wait before workers are woken for it again. */
  readonly wakeAfterMs: number;
  /** Jobs of one tenant that may wait (SPEC X4). */
  readonly maxWaiting: number;
  readonly relayEveryMs: number;
  readonly sweepEveryMs: number;
  /** Pause between two walks through the store. */
  readonly reapEveryMs: number;
  /** Age from which a file that no job has is removed; longer than an attempt, its lease and its upload can take. */
  readonly reapAfterMs: number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** What no installation needs to choose; tests shorten it. */
const FIXED = { dedupeWindowMs: 3_600_000, maxWaiting: 1_000, relayEveryMs: 1_000 } as const;

/** Variables of the service by their names, before they are made one config. */
export const EXPORT_ORCHESTRATOR_SETTINGS = z.object({
  SLUICE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  SLUICE_EXPORT_RETENTION_DAYS: integerSetting(1, 3_650).default(30),
  ...leaseSettings,
  ...attemptSettings,
  SLUICE_EXPORT_RETRY_BASE_MS: integerSetting(50, 600_000).default(2_000),
  SLUICE_EXPORT_WAKE_AFTER_MS: integerSetting(500, 3_600_000).default(60_000),
  SLUICE_EXPORT_SWEEP_EVERY_MS: integerSetting(100, 600_000).default(5_000),
  SLUICE_EXPORT_REAP_EVERY_MS: integerSetting(100, 86_400_000).default(3_600_000),
  SLUICE_EXPORT_REAP_MARGIN_MINUTES: integerSetting(0, 43_200).default(60),
});

const schema = EXPORT_ORCHESTRATOR_SETTINGS.superRefine(checkLease).transform(
  (env): ExportOrchestratorConfig => ({
    ...FIXED,
    logLevel: env.SLUICE_LOG_LEVEL,
    retentionMs: env.SLUICE_EXPORT_RETENTION_DAYS * DAY_MS,
    leaseMs: env.SLUICE_EXPORT_LEASE_MS,
    retryBaseMs: env.SLUICE_EXPORT_RETRY_BASE_MS,
    wakeAfterMs: env.SLUICE_EXPORT_WAKE_AFTER_MS,
    sweepEveryMs: env.SLUICE_EXPORT_SWEEP_EVERY_MS,
    reapEveryMs: env.SLUICE_EXPORT_REAP_EVERY_MS,
    reapAfterMs:
      (env.SLUICE_EXPORT_TIMEOUT_MINUTES + env.SLUICE_EXPORT_REAP_MARGIN_MINUTES) * MINUTE_MS +
      2 * env.SLUICE_EXPORT_LEASE_MS,
  }),
);

/** Throws SettingsError with a sentence for each bad variable. */
export function readExportOrchestratorConfig(env: Environment): ExportOrchestratorConfig {
  return readSettings(schema, env);
}
