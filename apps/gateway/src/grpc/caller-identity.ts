import { SluiceError, type Principal } from '@sluice/contracts';
import { bearerOf } from '../authentication/authentication.guard.js';
import { principalFromClaims } from '../authentication/principal-from-claims.js';
import { type TokenVerifier } from '../authentication/token-verifier.js';
import { DEFAULT_CLAIMS } from '../gateway.config.js';
import { POLICY_CLAIMS } from '../issuer/built-in-issuer.js';
import { type OauthClients } from '../issuer/oauth-clients.js';
import { clientIdOf, type ClientCertificate } from './certificate-client.js';

/** What a caller shows to say who it is. */
export interface Shown {
  /** Values of `authorization`. */
  readonly authorization: readonly string[];
  /** Its certificate, when one was asked for and has been verified. */
  readonly certificate: ClientCertificate | null;
}

const CLAIMS = { ...DEFAULT_CLAIMS, policy: { kind: 'within' as const, name: POLICY_CLAIMS } };

/**
 * Who calls: the bearer of a token, as over HTTP, or else the client that the certificate names. A certificate stands in for a token only
 * where clients are ours to know, which is with the built-in issuer.
 */
export class CallerIdentity {
  constructor(
    private readonly verifier: TokenVerifier,
    /** Null when tokens come from elsewhere. */
    private readonly clients: Pick<OauthClients, 'find'> | null,
  ) {}

  /** @throws SluiceError `unauthenticated`, `tenant-required`, `role-required`, `claim-required`, `unavailable` */
  async identify({ authorization, certificate }: Shown): Promise<Principal> {
    const [header, ...others] = authorization;
    if (others.length > 0) {
      throw new SluiceError('unauthenticated', 'The metadata key authorization may stand only once.');
    }
    if (header !== undefined) return this.verifier.verify(tokenIn(header));
    if (certificate !== null && this.clients !== null) return this.ofCertificate(certificate, this.clients);
    throw new SluiceError('unauthenticated', 'A bearer token is required.');
  }

  /** Its client is looked up for each call, so a revoked one is out at once. */
  private async ofCertificate(
    certificate: ClientCertificate,
    clients: Pick<OauthClients, 'find'>,
  ): Promise<Principal> {
    const clientId = clientIdOf(certificate);
    const client = clientId === null ? null : await clients.find(clientId).catch(cannotBeAsked);
    // One answer for all that can be wrong with it, as for tokens.
    if (client === null) throw new SluiceError('unauthenticated', 'The certificate names no client.');
    // The claims that the built-in issuer would put into a token of this client.
    const { tenants, roles, claims } = client;
    return principalFromClaims(
      { sub: client.clientId, client_id: client.clientId, tenants, roles, [POLICY_CLAIMS]: claims },
      CLAIMS,
    );
  }
}

function tokenIn(header: string): string {
  const token = bearerOf(header);
  if (token === null) throw new SluiceError('unauthenticated', 'A bearer token is required.');
  return token;
}

function cannotBeAsked(cause: unknown): never {
  throw new SluiceError('unavailable', 'The client cannot be checked.', { retryAfter: 2 }, { cause });
}
