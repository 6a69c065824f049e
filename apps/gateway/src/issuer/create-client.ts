import { randomBytes } from 'node:crypto';
import { SluiceError, type Role } from '@sluice/contracts';
import { type DataSource } from 'typeorm';
import { CLAIM_NAME, readPolicyClaims, RESERVED_CLAIMS } from '../authentication/policy-claims.js';
import { hashSecret } from './hash-secret.js';
import { OauthClients, type ClientClaims } from './oauth-clients.js';

/** Bytes of JSON; a token of more than 8 KiB is refused. */
const MAX_CLAIMS_BYTES = 4_096;

export interface NewClient {
  /** 1 to 100 letters, digits, `.`, `_`, `-`. */
  readonly clientId: string;
  /** The first one owns the jobs that the client submits. */
  readonly tenants: readonly [string, ...string[]];
  readonly roles: readonly [Role, ...Role[]];
  /** What row filters of the policy may name, as texts or lists of texts; put into every token of the client. */
  readonly claims?: ClientClaims;
}

/**
 * Adds a client to the built-in issuer.
 *
 * @returns the secret (256 random bits as 43 characters): it is not kept and cannot be had again
 * @throws SluiceError `invalid-request` when the name or a claim is not valid, or the name is taken
 */
export async function createClient(
  dataSource: DataSource,
  { clientId, tenants, roles, claims = {} }: NewClient,
): Promise<{ readonly clientSecret: string }> {
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(clientId)) {
    throw new SluiceError('invalid-request', 'A client id has 1 to 100 letters, digits, ".", "_" or "-".');
  }
  checkClaims(claims);
  const clientSecret = randomBytes(32).toString('base64url');
  const secretHash = await hashSecret(clientSecret);
  if (!(await new OauthClients(dataSource).insert({ clientId, secretHash, tenants, roles, claims }))) {
    throw new SluiceError('invalid-request', `There is a client "${clientId}" already.`);
  }
  return { clientSecret };
}

function checkClaims(claims: ClientClaims): void {
  for (const name of Object.keys(claims)) {
    if (RESERVED_CLAIMS.includes(name) || !CLAIM_NAME.test(name)) {
      const rule = `A claim's name is a letter, then letters, digits, ".", "_", ":", "/" or "-", and none of ${RESERVED_CLAIMS.join(', ')}.`;
      throw new SluiceError('invalid-request', rule);
    }
  }
  readPolicyClaims(Object.keys(claims), (name) => claims[name]);
  if (Buffer.byteLength(JSON.stringify(claims)) > MAX_CLAIMS_BYTES) {
    throw new SluiceError(
      'invalid-request',
      `The claims of a client take ${String(MAX_CLAIMS_BYTES)} bytes at most.`,
    );
  }
}
