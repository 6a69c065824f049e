import { type Logger } from '@sluice/service-kit';
import { localRules, remoteRules, TokenVerifier } from './authentication/token-verifier.js';
import { DEFAULT_CLAIMS, type GatewayConfig } from './gateway.config.js';
import { type GatewayParts } from './gateway-parts.js';
import { BuiltInIssuer, POLICY_CLAIMS } from './issuer/built-in-issuer.js';
import { ClientStanding } from './issuer/client-standing.js';
import { OauthClients } from './issuer/oauth-clients.js';
import { loadSigningKeys } from './issuer/signing-keys.js';

/** Who gives tokens, and who checks them. */
export interface Identity {
  readonly verifier: TokenVerifier;
  /** Null when tokens come from elsewhere. */
  readonly issuer: BuiltInIssuer | null;
  /** Clients of the built-in issuer; null when tokens come from elsewhere. */
  readonly clients: OauthClients | null;
}

/** @throws Error when the key file cannot be used */
export async function createIdentity(
  config: GatewayConfig,
  parts: GatewayParts,
  logger: Logger,
): Promise<Identity> {
  const { issuer } = config;
  if (issuer.kind === 'external') {
    const rules = remoteRules(
      { issuer: issuer.issuer, audience: issuer.audience, claims: config.claims },
      issuer.jwksUrl,
    );
    return { verifier: new TokenVerifier(rules), issuer: null, clients: null };
  }
  const keys = await loadSigningKeys(issuer.keysFile);
  const clients = new OauthClients(parts.dataSource);
  const standing = new ClientStanding(
    async (clientId) => (await clients.find(clientId)) !== null,
    (err) => {
      logger.warn({ err }, 'A client could not be checked.');
    },
  );
  const common = { issuer: config.publicUrl, audience: issuer.audience };
  const claims = { ...DEFAULT_CLAIMS, policy: { kind: 'within' as const, name: POLICY_CLAIMS } };
  const verifier = new TokenVerifier(localRules({ ...common, claims, standing }, keys.publicKeys));
  const onFault = (err: Error): void => {
    logger.error({ err }, 'A token request failed.');
  };
  return {
    verifier,
    clients,
    issuer: new BuiltInIssuer({ ...common, secret: config.secret, keys, clients, onFault }),
  };
}
