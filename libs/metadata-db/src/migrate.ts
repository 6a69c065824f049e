import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, MigrationExecutor, QueryRunner } from 'typeorm';
import { adviceFor, readSchemaState } from './schema-state.js';

/** Any number would do, as long as nothing else in the database locks on it. */
const MIGRATION_LOCK = 5_711_030_421;
/** How long to wait for another process that is migrating. */
const LOCK_WAIT_MS = 120_000;
const LOCK_AGAIN_MS = 100;
/** A migration may rewrite a table, so it gets longer than a request. */
const STATEMENT_MS = 600_000;

/**
 * Brings the schema up to date, each migration in a transaction of its own. Any number of processes may call it at
 * once: one works, the others wait and then find nothing to do.
 *
 * @returns the names of the migrations that this call applied.
 * @throws Error when a newer version has changed the database so that this one does not fit
 */
export async function migrate(dataSource: DataSource): Promise<readonly string[]> {
  const own = await openForMigrations(dataSource);
  try {
    const runner = own.createQueryRunner();
    await lockMigrations(runner);
    const state = await readSchemaState(runner);
    if (state.incompatible.length > 0) throw new Error(adviceFor(state));
    const executor = new MigrationExecutor(own, runner);
    executor.transaction = 'each';
    const applied = await executor.executePendingMigrations();
    await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
    return applied.map(({ name }) => name);
  } finally {
    await own.destroy();
  }
}

/**
 * Lets one process migrate at a time. The lock is held by the session, so it also goes when this process dies. It is asked for over and over
 * instead of being waited for: a statement that waits keeps an old snapshot, and an index that another one builds concurrently waits for that.
 */
async function lockMigrations(runner: QueryRunner): Promise<void> {
  for (const end = Date.now() + LOCK_WAIT_MS; ; await sleep(LOCK_AGAIN_MS)) {
    const [{ locked }] = (await runner.query('select pg_try_advisory_lock($1) as locked', [
      MIGRATION_LOCK,
    ])) as [{ locked: boolean }];
    if (locked) return;
    if (Date.now() > end) throw new Error('Another process has been migrating the database for too long.');
  }
}

/** Names of the migrations that the database still lacks. */
export async function pendingMigrations(dataSource: DataSource): Promise<readonly string[]> {
  return (await readSchemaState(dataSource)).pending;
}

/** Connections with deadlines fit for migrations, so that the service's own pool keeps its short ones. */
async function openForMigrations(dataSource: DataSource): Promise<DataSource> {
  const own = new DataSource({
    ...dataSource.options,
    poolSize: 1,
    extra: {
      keepAlive: true,
      statement_timeout: STATEMENT_MS,
      lock_timeout: LOCK_WAIT_MS,
      query_timeout: STATEMENT_MS + LOCK_WAIT_MS,
    },
  } as DataSource['options']);
  return own.initialize();
}
