import { SluiceError } from '@sluice/contracts';
import { type DataSource } from 'typeorm';

/**
 * Ends a client for good: it gets no token, and those it has stop working within seconds. Its name is not given again.
 *
 * @throws SluiceError `invalid-request` when there is no such client, or it was revoked before
 */
export async function revokeClient(dataSource: DataSource, clientId: string): Promise<void> {
  // TypeORM answers an update with its rows and their number.
  const [rows] = (await dataSource.query(
    `update oauth_client set revoked_at = clock_timestamp()
     where client_id = $1 and revoked_at is null
     returning client_id`,
    [clientId],
  )) as [unknown[], number];
  if (rows.length === 0) throw new SluiceError('invalid-request', `There is no client "${clientId}".`);
}
