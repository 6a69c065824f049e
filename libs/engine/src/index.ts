export {
  type AnalyticEngine,
  type EngineCopy,
  type EngineSnapshot,
  type EngineValue,
  type ExportEngine,
  type RunOptions,
} from './analytic-engine.js';
export { DuckDbEngine, openDuckDbEngine, type DuckDbEngineOptions } from './duckdb/duckdb-engine.js';
export {
  DuckDbExportEngine,
  openDuckDbExportEngine,
  type DuckDbExportEngineOptions,
} from './duckdb/duckdb-export-engine.js';
export { assertThreadPoolSize, requiredThreadPoolSize } from './duckdb/thread-pool.js';
