import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Clients of the built-in issuer. Secrets are kept as salted scrypt hashes; during a rotation the one before stays
 * good until `previous_expires_at`.
 *
 * Locking: creates a table only, so it waits for nobody and nobody waits for it.
 */
export class OauthClients001_1700000000001 implements MigrationInterface {
  readonly name = 'OauthClients001_1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  /** Forward only: hashes cannot be made again. */
  down(): Promise<void> {
    return Promise.reject(new Error('Migrations run forward only.'));
  }
}

const STATEMENTS = [
  `create table oauth_client (
    client_id text primary key check (client_id ~ '^[A-Za-z0-9._-]{1,100}$'),
    secret_hash text not null,
    previous_secret_hash text,
    previous_expires_at timestamptz,
    tenants text[] not null check (cardinality(tenants) between 1 and 100),
    roles text[] not null check (roles <@ array['viewer', 'exporter', 'admin'] and cardinality(roles) > 0),
    created_at timestamptz not null default clock_timestamp(),
    revoked_at timestamptz,
    check ((previous_secret_hash is null) = (previous_expires_at is null))
  )`,
  `comment on column oauth_client.revoked_at is 'from then on no token is given out, and those given out are refused'`,
];
