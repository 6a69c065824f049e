import { type IncomingMessage, type ServerResponse } from 'node:http';
import { SluiceError } from '@sluice/contracts';
import { deriveKey } from '@sluice/service-kit';
import { errors, Provider, type Adapter, type Client, type Configuration } from 'oidc-provider';
import { type OauthClient, type OauthClients } from './oauth-clients.js';
import { SecretCheck } from './secret-check.js';
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys.js';

export const TOKEN_ROUTE = '/oauth/token';
export const KEYS_ROUTE = '/oauth/jwks';
/** Claim that holds what is kept of a client for row filters: by themselves they could hide a registered claim. */
export const POLICY_CLAIMS = 'policy_claims';
/** Seconds; a revoked client is out within this time even where its state is not asked. */
const TOKEN_SECONDS = 900;
/** Property of the library's client that holds our row. */
const ROW = 'sluice_client';

export interface IssuerOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly secret: string;
  readonly keys: SigningKeys;
  readonly clients: OauthClients;
  /** Told what went wrong inside; the caller is not. */
  readonly onFault: (error: Error) => void;
}

/**
 * OAuth 2.0 client credentials (RFC 6749, 4.4) by a certified library. Of all that it can do only the token endpoint
 * is served; its errors keep the shape of RFC 6749.
 */
export class BuiltInIssuer {
  private readonly callback: ReturnType<Provider['callback']>;

  constructor(private readonly options: IssuerOptions) {
    const check = new SecretCheck();
    const provider = new Provider(options.issuer, configure(options, check));
    compareHashedSecrets(provider, check);
    provider.on('server_error', (_ctx, error) => {
      options.onFault(error);
    });
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.status === 503) ctx.set('retry-after', '1');
    });
    this.callback = provider.callback();
  }

  /** Answers a token request. The body must not have been read from the stream. */
  async answerToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.callback(request, response);
  }

  /** OpenID Connect Discovery 1.0, of what is really served. */
  discovery(): Record<string, unknown> {
    const { issuer } = this.options;
    return {
      issuer,
      token_endpoint: `${issuer}${TOKEN_ROUTE}`,
      jwks_uri: `${issuer}${KEYS_ROUTE}`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [SIGNING_ALGORITHM],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      claims_supported: ['sub', 'client_id', 'tenants', 'roles', POLICY_CLAIMS],
    };
  }

  keySet(): Record<string, unknown> {
    return { keys: this.options.keys.publicKeys };
  }
}

function configure(options: IssuerOptions, check: SecretCheck): Configuration {
  const { audience, secret, keys } = options;
  const resource = {
    scope: '',
    audience,
    accessTokenTTL: TOKEN_SECONDS,
    accessTokenFormat: 'jwt' as const,
    jwt: { sign: { alg: SIGNING_ALGORITHM } as const },
  };
  return {
    adapter: clientAdapter(options, check),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    clientDefaults: { id_token_signed_response_alg: SIGNING_ALGORITHM },
    cookies: { keys: [deriveKey(secret, 'issuer-cookies').toString('base64url')] },
    enabledJWA: { idTokenSigningAlgValues: [SIGNING_ALGORITHM] },
    extraClientMetadata: { properties: [ROW] },
    extraTokenClaims: (_ctx, token) => claimsOf(token.client),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo: (_ctx, indicator) => {
          if (indicator !== audience) throw new errors.InvalidTarget();
          return resource;
        },
      },
    },
    jwks: { keys: [...keys.privateKeys] as NonNullable<Configuration['jwks']>['keys'] },
    renderError: (ctx, out) => {
      ctx.type = 'json';
      ctx.body = out;
    },
    responseTypes: [],
    routes: { token: TOKEN_ROUTE, jwks: KEYS_ROUTE },
    scopes: [],
    ttl: { ClientCredentials: TOKEN_SECONDS },
  };
}

function claimsOf(client: Client | undefined): Record<string, unknown> {
  const { tenants, roles, claims } = rowOf(client);
  return { tenants, roles, ...(Object.keys(claims).length === 0 ? {} : { [POLICY_CLAIMS]: claims }) };
}

function rowOf(client: Client | undefined): OauthClient {
  const row = client?.[ROW];
  if (row === undefined) throw new Error('The client has no row.');
  return row as OauthClient;
}

/** The library compares texts; ours are hashes. Replacing this method is its documented way. */
function compareHashedSecrets(provider: Provider, check: SecretCheck): void {
  provider.Client.prototype.compareClientSecret = async function (this: Client, actual: string) {
    const { secretHash, previousSecretHash } = rowOf(this);
    try {
      if (await check.matches(actual, secretHash)) return true;
      return previousSecretHash !== null && (await check.matches(actual, previousSecretHash));
    } catch (error) {
      throw error instanceof SluiceError ? temporarilyUnavailable() : error;
    }
  };
}

/** The library answers its own error of this name with 400; trying again later is what 503 says. */
function temporarilyUnavailable(): Error {
  return Object.assign(new errors.TemporarilyUnavailable(), { status: 503, statusCode: 503 });
}

/** Clients come from our table. Nothing else is kept: tokens are JWTs, and there are no sessions. */
function clientAdapter({ clients, onFault }: IssuerOptions, check: SecretCheck): (model: string) => Adapter {
  const refuse = (): Promise<never> => Promise.reject(new Error('The issuer keeps clients only.'));
  const none = (): Promise<undefined> => Promise.resolve(undefined);
  const findRow = (id: string): Promise<OauthClient | null> =>
    clients.find(id).catch((cause: unknown) => {
      // Nobody knows whether the client may have a token while the database is away: it is to ask again.
      onFault(cause instanceof Error ? cause : new Error(String(cause)));
      throw temporarilyUnavailable();
    });
  return (model) => ({
    find: async (id) => {
      if (model !== 'Client') return undefined;
      const row = await findRow(id);
      if (row !== null) return metadataOf(row);
      await check.pretend();
      return undefined;
    },
    findByUid: none,
    findByUserCode: none,
    upsert: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
  });
}

function metadataOf(row: OauthClient) {
  return {
    client_id: row.clientId,
    // Required by the library, never compared: see compareHashedSecrets.
    client_secret: row.secretHash,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    [ROW]: row,
  };
}
