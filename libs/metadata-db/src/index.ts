export { createDataSource, type DataSourceSettings } from './data-source.js';
export { connectMetadata, openMetadata, openMigrated } from './open-metadata.js';
export { adviceFor, readSchemaState, schemaGaps, SchemaGapError, type SchemaState } from './schema-state.js';
export { migrate, pendingMigrations } from './migrate.js';
export { MIGRATIONS } from './migrations/index.js';
export { createScratchDatabase, type ScratchDatabase } from './scratch-database.js';
export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded/start-embedded-postgres.js';
