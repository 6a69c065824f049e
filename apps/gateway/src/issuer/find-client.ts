import { type Role } from '@sluice/contracts';
import { type DataSource } from 'typeorm';
import { OauthClients } from './oauth-clients.js';

/** What may be shown of a client. */
export interface ClientSummary {
  readonly clientId: string;
  readonly tenants: readonly string[];
  readonly roles: readonly Role[];
}

/** @returns null when there is no such client, or it was revoked */
export async function findClient(dataSource: DataSource, clientId: string): Promise<ClientSummary | null> {
  const client = await new OauthClients(dataSource).find(clientId);
  return client === null ? null : { clientId: client.clientId, tenants: client.tenants, roles: client.roles };
}
