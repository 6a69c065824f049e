import { DataSource } from 'typeorm';
import { createDataSource } from './data-source.js';
import { migrate } from './migrate.js';

/**
 * Opens the metadata database as a service uses it, and brings its schema up to date; several may do so at once.
 *
 * @param onIdleError told when an idle connection breaks; the pool replaces it
 */
export async function openMetadata(url: string, onIdleError: (error: Error) => void): Promise<DataSource> {
  const dataSource = await createDataSource({
    url,
    poolSize: 10,
    connectTimeoutMs: 10_000,
    statementTimeoutMs: 30_000,
    onIdleError,
  });
  try {
    await migrate(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
