import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';

/** An OpenID provider's key endpoint, and tokens signed with its key or with any other. */
export class TestIssuer {
  /** Answers of the key endpoint since the start. */
  served = 0;
  available = true;

  private constructor(
    private readonly server: Server,
    readonly privateKey: CryptoKey,
    readonly publicKey: CryptoKey,
  ) {}

  static async start(): Promise<TestIssuer> {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const server = createServer();
    const issuer = new TestIssuer(server, privateKey, publicKey);
    const keys = JSON.stringify({
      keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }],
    });
    server.on('request', (_request, response) => {
      issuer.served += 1;
      response.writeHead(issuer.available ? 200 : 500, { 'content-type': 'application/json' }).end(keys);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  get issuer(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/`;
  }

  get jwksUrl(): string {
    return `${this.issuer}keys`;
  }

  /** A good token, but for what is changed. `undefined` leaves a claim out. */
  async token(
    claims: JWTPayload = {},
    header: Partial<JWTHeaderParameters> = {},
    key: CryptoKey | Uint8Array = this.privateKey,
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const payload = {
      iss: this.issuer,
      aud: 'http://sluice.test/api',
      sub: 'ann',
      client_id: 'app',
      tenants: ['CA'],
      roles: ['viewer'],
      iat: now,
      exp: now + 300,
      ...claims,
    };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', kid: 'k1', typ: 'at+jwt', ...header })
      .sign(key, { crit: { x: true } });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }
}
