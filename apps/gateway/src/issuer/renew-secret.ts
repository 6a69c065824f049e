import { randomBytes } from 'node:crypto';
import { SluiceError } from '@sluice/contracts';
import { type DataSource } from 'typeorm';
import { hashSecret } from './hash-secret.js';

/**
 * Gives a client a new secret; the old one ends at once.
 *
 * @throws SluiceError `invalid-request` when there is no such client, or it was revoked
 */
export async function renewSecret(
  dataSource: DataSource,
  clientId: string,
): Promise<{ readonly clientSecret: string }> {
  const clientSecret = randomBytes(32).toString('base64url');
  const updated = await updateSecret(dataSource, clientId, await hashSecret(clientSecret));
  if (updated.length === 0) throw new SluiceError('invalid-request', `There is no client "${clientId}".`);
  return { clientSecret };
}

async function updateSecret(
  dataSource: DataSource,
  clientId: string,
  secretHash: string,
): Promise<unknown[]> {
  // TypeORM answers an update with its rows and their number.
  const [rows] = (await dataSource.query(
    `update oauth_client set secret_hash = $2, previous_secret_hash = null, previous_expires_at = null
     where client_id = $1 and revoked_at is null
     returning client_id`,
    [clientId, secretHash],
  )) as [unknown[], number];
  return rows;
}
