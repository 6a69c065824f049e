export {
  type AnalyticEngine,
  type CopyEncoding,
  type CopyOptions,
  type EngineCopy,
  type EngineSnapshot,
  type EngineValue,
  type ExportEngine,
  type RunOptions,
} from './analytic-engine.js';
export {
  DuckDbEngine,
  openDuckDbEngine,
  type DuckDbEngineOptions,
  type EngineLoad,
} from './duckdb/duckdb-engine.js';
export {
  DuckDbExportEngine,
  openDuckDbExportEngine,
  type DuckDbExportEngineOptions,
} from './duckdb/duckdb-export-engine.js';
export { type EngineHealth } from './duckdb/stuck-statements.js';
export { assertThreadPoolSize, requiredThreadPoolSize } from './duckdb/thread-pool.js';
export { importTable } from './import/import-table.js';
export { ImportError } from './import/import-error.js';
export { describeImported } from './import/catalog-entry.js';
export {
  type ImportedTable,
  type ImportProgress,
  type ImportRequest,
  type ImportSource,
  type ImportStage,
  type TableShape,
} from './import/import-request.js';
export { readStoredTables, type StoredTable } from './tables/stored-table.js';
export { type CurrentVersion, type StoredColumn } from './tables/current-version.js';
