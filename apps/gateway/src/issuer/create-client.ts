import { randomBytes } from 'node:crypto';
import { SluiceError, type Role } from '@sluice/contracts';
import { type DataSource } from 'typeorm';
import { hashSecret } from './hash-secret.js';
import { OauthClients } from './oauth-clients.js';

export interface NewClient {
  /** 1 to 100 letters, digits, `.`, `_`, `-`. */
  readonly clientId: string;
  /** The first one owns the jobs that the client submits. */
  readonly tenants: readonly [string, ...string[]];
  readonly roles: readonly [Role, ...Role[]];
}

/**
 * Adds a client to the built-in issuer.
 *
 * @returns the secret (256 random bits as 43 characters): it is not kept and cannot be had again
 * @throws SluiceError `invalid-request` when the name is not valid or taken
 */
export async function createClient(
  dataSource: DataSource,
  { clientId, tenants, roles }: NewClient,
): Promise<{ readonly clientSecret: string }> {
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(clientId)) {
    throw new SluiceError('invalid-request', 'A client id has 1 to 100 letters, digits, ".", "_" or "-".');
  }
  const clientSecret = randomBytes(32).toString('base64url');
  const secretHash = await hashSecret(clientSecret);
  if (!(await new OauthClients(dataSource).insert({ clientId, secretHash, tenants, roles }))) {
    throw new SluiceError('invalid-request', `There is a client "${clientId}" already.`);
  }
  return { clientSecret };
}
