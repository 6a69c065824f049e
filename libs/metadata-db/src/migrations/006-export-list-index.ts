import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The index that lists are read by, the newest job first.
 *
 * Locking: built without holding `export_job`, and so outside of any transaction. A build that was broken off leaves an index that is not
 * valid; the next one begins by removing it. Installations that had the index from migration 005 keep it.
 */
export class ExportListIndex006_1700000000006 implements MigrationInterface {
  readonly name = 'ExportListIndex006_1700000000006';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const broken = (await runner.query(BROKEN)) as readonly unknown[];
    if (broken.length > 0) await runner.query(`drop index concurrently export_job_listed`);
    await runner.query(
      `create index concurrently if not exists export_job_listed on export_job (tenant, created_at desc, id desc)`,
    );
  }

  /** Forward only, as all of them. */
  down(): Promise<void> {
    return Promise.reject(new Error('Migrations run forward only.'));
  }
}

const BROKEN = `select 1 from pg_index where indexrelid = to_regclass('export_job_listed') and not indisvalid`;
