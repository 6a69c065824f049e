import { randomBytes } from 'node:crypto';
import { createDataSource } from './data-source.js';

export interface ScratchDatabase {
  readonly url: string;
  /** Drops the database, ending what is still connected to it. */
  drop(): Promise<void>;
}

/**
 * Makes an empty database beside the one that `serverUrl` names, for one test file alone.
 *
 * @throws Error with what to do when `serverUrl` is not given.
 */
export async function createScratchDatabase(serverUrl: string | undefined): Promise<ScratchDatabase> {
  if (!serverUrl) {
    throw new Error(
      'SLUICE_TEST_POSTGRES_URL is not set; run: node tools/services/services.mjs run -- <command>',
    );
  }
  const name = `scratch_${randomBytes(6).toString('hex')}`;
  await runAlone(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => runAlone(serverUrl, `drop database if exists ${name} with (force)`),
  };
}

async function runAlone(url: string, statement: string): Promise<void> {
  const dataSource = await createDataSource({
    url,
    poolSize: 1,
    connectTimeoutMs: 10_000,
    statementTimeoutMs: 60_000,
  });
  try {
    await dataSource.query(statement);
  } finally {
    await dataSource.destroy();
  }
}
