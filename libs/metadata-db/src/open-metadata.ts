import { DataSource } from 'typeorm';
import { createDataSource } from './data-source.js';
import { migrate } from './migrate.js';
import { assertSchemaFits } from './schema-state.js';

/**
 * Connects to the metadata database as a service uses it; the schema is as it is.
 *
 * @param onIdleError told when an idle connection breaks; the pool replaces it
 */
export function connectMetadata(url: string, onIdleError: (error: Error) => void): Promise<DataSource> {
  return createDataSource({
    url,
    poolSize: 10,
    connectTimeoutMs: 10_000,
    statementTimeoutMs: 30_000,
    onIdleError,
  });
}

/**
 * Opens the metadata database for what runs beside other versions: it changes no schema.
 *
 * @throws SchemaGapError when the schema does not fit, Error when the server cannot be used
 */
export async function openMigrated(url: string, onIdleError: (error: Error) => void): Promise<DataSource> {
  return openThen(assertSchemaFits, url, onIdleError);
}

/** Opens the metadata database for a program that has it for itself, and brings its schema up to date. */
export async function openMetadata(url: string, onIdleError: (error: Error) => void): Promise<DataSource> {
  return openThen(migrate, url, onIdleError);
}

async function openThen(
  prepare: (dataSource: DataSource) => Promise<unknown>,
  url: string,
  onIdleError: (error: Error) => void,
): Promise<DataSource> {
  const dataSource = await connectMetadata(url, onIdleError);
  try {
    await prepare(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
