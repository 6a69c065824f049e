import {
  type Environment,
  flagSetting,
  integerSetting,
  LOG_LEVELS,
  type LogLevel,
  readSettings,
} from '@sluice/service-kit';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';

/** Statements that run at once in one process; with the exports and the rest of Node they must fit the thread pool. */
const QUERY_CONCURRENCY = 8;

export interface StandaloneConfig {
  /** Holds all state; absolute. */
  readonly home: string;
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  /** Imports the demo data and makes the demo clients. */
  readonly demo: boolean;
  readonly demoOrders: number;
  /** Memory of the query engine and of one export, in MiB. */
  readonly queryMemoryMib: number;
  readonly exportMemoryMib: number;
  readonly queryConcurrency: number;
  readonly exportConcurrency: number;
  /** As the process was started with; checked against what is set up to run at once. */
  readonly threadPoolSize: string | undefined;
  /** What the apps read for themselves. */
  readonly env: Environment;
}

/** Variables of the program itself by their names; its apps read their own. */
export const STANDALONE_SETTINGS = z.object({
  SLUICE_HOME: z.string().default('.sluice'),
  SLUICE_HOST: z.string().default('127.0.0.1'),
  // Not 0: the address stands in links and names the issuer of tokens.
  PORT: integerSetting(1, 65_535).default(3000),
  SLUICE_LOG_LEVEL: z.enum(LOG_LEVELS).default('warn'),
  SLUICE_DEMO: flagSetting().default(true),
  SLUICE_DEMO_ORDERS: integerSetting(20, 100_000_000).default(1_000_000),
  SLUICE_QUERY_MEMORY_MIB: integerSetting(128, 1_048_576).default(1_024),
  SLUICE_EXPORT_MEMORY_MIB: integerSetting(128, 1_048_576).default(256),
  SLUICE_EXPORT_CONCURRENCY: integerSetting(1, 64).default(2),
});

/** Throws SettingsError with a sentence for each bad variable. */
export function readStandaloneConfig(env: Environment, cwd: string): StandaloneConfig {
  const read = readSettings(STANDALONE_SETTINGS, env);
  return {
    home: isAbsolute(read.SLUICE_HOME) ? read.SLUICE_HOME : resolve(cwd, read.SLUICE_HOME),
    host: read.SLUICE_HOST,
    port: read.PORT,
    logLevel: read.SLUICE_LOG_LEVEL,
    demo: read.SLUICE_DEMO,
    demoOrders: read.SLUICE_DEMO_ORDERS,
    queryMemoryMib: read.SLUICE_QUERY_MEMORY_MIB,
    exportMemoryMib: read.SLUICE_EXPORT_MEMORY_MIB,
    queryConcurrency: QUERY_CONCURRENCY,
    exportConcurrency: read.SLUICE_EXPORT_CONCURRENCY,
    threadPoolSize: env['UV_THREADPOOL_SIZE'],
    env: { ...env, SLUICE_LOG_LEVEL: read.SLUICE_LOG_LEVEL },
  };
}
