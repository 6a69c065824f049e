import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Claims of a client for the row filters of the policy: a JSON object whose values are texts or lists of texts.
 *
 * Locking: takes `oauth_client` for the moment of a change of its description; a column with a constant default writes no row.
 */
export class ClientClaims004_1700000000004 implements MigrationInterface {
  readonly name = 'ClientClaims004_1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  /** Forward only: what a client was given cannot be guessed again. */
  down(): Promise<void> {
    return Promise.reject(new Error('Migrations run forward only.'));
  }
}

const STATEMENTS = [
  `alter table oauth_client add column claims jsonb not null default '{}'
     check (jsonb_typeof(claims) = 'object' and length(claims::text) <= 8192)`,
];
