import { type Principal, type Role } from '@sluice/contracts';
import { type DataSource } from 'typeorm';

/** A client of the built-in issuer, as it is kept. */
export interface OauthClient {
  readonly clientId: string;
  readonly secretHash: string;
  /** The secret before the last rotation, while it is still good. */
  readonly previousSecretHash: string | null;
  readonly tenants: readonly string[];
  readonly roles: readonly Role[];
  /** For row filters of the policy. */
  readonly claims: ClientClaims;
}

export type ClientClaims = NonNullable<Principal['claims']>;

interface ClientRow {
  client_id: string;
  secret_hash: string;
  previous_secret_hash: string | null;
  tenants: string[];
  roles: Role[];
  claims: ClientClaims;
}

/** The clients table (migrations 001 and 004). A revoked client is as good as none. */
export class OauthClients {
  constructor(private readonly dataSource: DataSource) {}

  async find(clientId: string): Promise<OauthClient | null> {
    // A NUL cannot be in a Postgres text; asking for one would be a fault instead of "no such client".
    if (clientId.includes('\0')) return null;
    const [row] = await selectLiveClient(this.dataSource, clientId);
    if (row === undefined) return null;
    return {
      clientId: row.client_id,
      secretHash: row.secret_hash,
      previousSecretHash: row.previous_secret_hash,
      tenants: row.tenants,
      roles: row.roles,
      claims: row.claims,
    };
  }

  /** @returns false when there is a client of that name, revoked or not */
  async insert(client: Omit<OauthClient, 'previousSecretHash'>): Promise<boolean> {
    return (await insertClient(this.dataSource, client)).length > 0;
  }
}

function selectLiveClient(dataSource: DataSource, clientId: string): Promise<ClientRow[]> {
  return dataSource.query(
    `select client_id, secret_hash, tenants, roles, claims,
       case when previous_expires_at > clock_timestamp() then previous_secret_hash end as previous_secret_hash
     from oauth_client
     where client_id = $1 and revoked_at is null`,
    [clientId],
  );
}

function insertClient(
  dataSource: DataSource,
  client: Omit<OauthClient, 'previousSecretHash'>,
): Promise<unknown[]> {
  return dataSource.query(
    `insert into oauth_client (client_id, secret_hash, tenants, roles, claims)
     values ($1, $2, $3, $4, $5)
     on conflict (client_id) do nothing
     returning client_id`,
    [client.clientId, client.secretHash, client.tenants, client.roles, JSON.stringify(client.claims)],
  );
}
