import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was answered to a submission, for an hour: a question whose answer was lost with its orchestrator comes again, and gets the same one.
 *
 * Locking: creates a table and its index only. It refers to `export_job` by value, since a reference would lock that table.
 */
export class ExportSubmissions007_1700000000007 implements MigrationInterface {
  readonly name = 'ExportSubmissions007_1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  /** Forward only: running orchestrators count on it. */
  down(): Promise<void> {
    return Promise.reject(new Error('Migrations run forward only.'));
  }
}

const STATEMENTS = [
  `create table export_submission (
    id uuid primary key,
    job_id uuid not null,
    created boolean not null,
    taken_at timestamptz not null
  )`,
  `comment on table export_submission is 'answers to submissions, kept until none can be asked for again'`,
  `create index export_submission_age on export_submission (taken_at)`,
];
