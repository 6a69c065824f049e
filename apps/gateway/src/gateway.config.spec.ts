import { SettingsError } from '@sluice/service-kit';
import { readGatewayConfig } from './gateway.config.js';

const env = {
  SLUICE_PUBLIC_URL: 'https://sluice.example/',
  SLUICE_SECRET: 'k3j8d0s7f6g5h4j3k2l1q9w8e7r6t5y4',
  SLUICE_SIGNING_KEYS_FILE: '/state/keys.json',
};

function problemsOf(changed: Record<string, string>): readonly string[] {
  try {
    readGatewayConfig({ ...env, ...changed });
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('readGatewayConfig', () => {
  it('has defaults for all but the address, the secret and the keys', () => {
    expect(readGatewayConfig(env)).toMatchObject({
      host: '0.0.0.0',
      port: 3000,
      publicUrl: 'https://sluice.example',
      bodyLimit: 1_048_576,
      queryTimeoutMs: 300_000,
      issuer: { kind: 'built-in', audience: 'https://sluice.example/api', keysFile: '/state/keys.json' },
      claims: { client: 'client_id', tenants: 'tenants', roles: 'roles' },
    });
  });

  it('limits rates by default, and alone; 0 turns a limit off', () => {
    expect(readGatewayConfig(env).rateLimits).toEqual({
      perMinute: 6_000,
      failuresPerMinute: 300,
      redisUrl: null,
    });
    const set = {
      SLUICE_HOST: '127.0.0.1',
      SLUICE_RATE_LIMIT_PER_MINUTE: '0',
      SLUICE_AUTH_FAILURES_PER_MINUTE: '0',
      SLUICE_REDIS_URL: 'rediss://:secret@redis:6379/2',
    };
    expect(readGatewayConfig({ ...env, ...set }).rateLimits).toEqual({
      perMinute: 0,
      failuresPerMinute: 0,
      redisUrl: 'rediss://:secret@redis:6379/2',
    });
    expect(
      problemsOf({ SLUICE_RATE_LIMIT_PER_MINUTE: '-1', SLUICE_REDIS_URL: 'http://:secret@redis' }),
    ).toEqual([
      'SLUICE_RATE_LIMIT_PER_MINUTE is not valid: expected a whole number from 0 to 10000000.',
      'SLUICE_REDIS_URL is not valid: expected a URL that begins with redis:// or rediss://.',
    ]);
  });

  it('takes an external issuer', () => {
    const external = {
      SLUICE_BUILT_IN_ISSUER: 'off',
      SLUICE_ISSUER_URL: 'https://id.example/realms/a/',
      SLUICE_JWKS_URL: 'https://id.example/certs',
      SLUICE_AUDIENCE: 'sluice',
    };
    expect(readGatewayConfig({ ...env, ...external }).issuer).toEqual({
      kind: 'external',
      // An issuer is compared as text: a slash at its end belongs to it.
      issuer: 'https://id.example/realms/a/',
      jwksUrl: 'https://id.example/certs',
      audience: 'sluice',
    });
  });

  it('names all that an external issuer lacks', () => {
    expect(problemsOf({ SLUICE_BUILT_IN_ISSUER: 'off' })).toEqual([
      'SLUICE_ISSUER_URL is not set, but required when the built-in issuer is off.',
      'SLUICE_JWKS_URL is not set, but required when the built-in issuer is off.',
      'SLUICE_AUDIENCE is not set, but required when the built-in issuer is off.',
    ]);
  });

  it('takes the claims that the policy may name', () => {
    const names = 'region, https://id.example/level ,org.unit';
    expect(readGatewayConfig({ ...env, SLUICE_POLICY_CLAIMS: names }).claims.policy).toEqual({
      kind: 'named',
      names: ['region', 'https://id.example/level', 'org.unit'],
    });
    expect(problemsOf({ SLUICE_POLICY_CLAIMS: 'tenant,a b' })).toEqual([
      expect.stringContaining('SLUICE_POLICY_CLAIMS is not valid: "tenant" is what the policy calls'),
      expect.stringContaining('SLUICE_POLICY_CLAIMS is not valid: expected names of claims'),
    ]);
  });

  it('refuses a short secret and an address that is no URL', () => {
    expect(problemsOf({ SLUICE_SECRET: 'short', SLUICE_PUBLIC_URL: 'sluice.example' })).toEqual([
      'SLUICE_PUBLIC_URL is not valid: expected a URL that begins with http:// or https://.',
      'SLUICE_SECRET is not valid: expected at least 32 characters.',
    ]);
  });

  describe('for gRPC', () => {
    const port = { SLUICE_GRPC_PORT: '50051' };
    const pair = { SLUICE_GRPC_CERT_FILE: '/tls/cert.pem', SLUICE_GRPC_KEY_FILE: '/tls/key.pem' };

    it('has none unless the port is set; what would go unused then is named', () => {
      expect(readGatewayConfig(env).grpc).toBeNull();
      expect(problemsOf({ ...pair, SLUICE_GRPC_CLIENT_CA_FILE: '/tls/ca.pem' })).toEqual([
        'SLUICE_GRPC_CERT_FILE is set, but SLUICE_GRPC_PORT is not: nothing would use it.',
        'SLUICE_GRPC_KEY_FILE is set, but SLUICE_GRPC_PORT is not: nothing would use it.',
        'SLUICE_GRPC_CLIENT_CA_FILE is set, but SLUICE_GRPC_PORT is not: nothing would use it.',
      ]);
    });

    it('takes TLS anywhere, with client certificates or without', () => {
      const tls = { certFile: '/tls/cert.pem', keyFile: '/tls/key.pem', clientCaFile: null };
      expect(readGatewayConfig({ ...env, ...port, ...pair }).grpc).toEqual({
        host: '0.0.0.0',
        port: 50_051,
        tls,
      });
      const mutual = {
        ...env,
        ...port,
        ...pair,
        SLUICE_GRPC_CLIENT_CA_FILE: '/tls/ca.pem',
        SLUICE_GRPC_HOST: '::',
      };
      expect(readGatewayConfig(mutual).grpc).toEqual({
        host: '::',
        port: 50_051,
        tls: { ...tls, clientCaFile: '/tls/ca.pem' },
      });
    });

    it('takes plain text on a loopback address, or where it is asked for', () => {
      for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) {
        const grpc = { host, port: 50_051, tls: null };
        expect(readGatewayConfig({ ...env, ...port, SLUICE_GRPC_HOST: host }).grpc).toEqual(grpc);
      }
      expect(readGatewayConfig({ ...env, ...port, SLUICE_GRPC_INSECURE: 'true' }).grpc?.host).toBe('0.0.0.0');
      for (const host of ['0.0.0.0', '::', '10.0.0.1', 'localhost.example', '1270.0.0.1']) {
        expect(problemsOf({ ...port, SLUICE_GRPC_HOST: host })).toEqual([
          expect.stringContaining(`SLUICE_GRPC_PORT would be open on ${host} in plain text`),
        ]);
      }
    });

    it('names every combination that makes no sense', () => {
      const set = {
        SLUICE_GRPC_PORT: '3000',
        SLUICE_GRPC_CERT_FILE: '/tls/cert.pem',
        SLUICE_GRPC_INSECURE: 'true',
      };
      expect(problemsOf(set)).toEqual([
        'SLUICE_GRPC_CERT_FILE and SLUICE_GRPC_KEY_FILE belong together: set both or neither.',
        'SLUICE_GRPC_INSECURE is true, but SLUICE_GRPC_CERT_FILE is set: choose one of them.',
        'SLUICE_GRPC_PORT and PORT are the same: each needs a port of its own.',
      ]);
      const insecure = { ...port, SLUICE_GRPC_CLIENT_CA_FILE: '/tls/ca.pem', SLUICE_GRPC_INSECURE: 'true' };
      expect(problemsOf(insecure)).toEqual([
        'SLUICE_GRPC_CLIENT_CA_FILE is set, but without SLUICE_GRPC_CERT_FILE no certificate is ever asked for.',
      ]);
    });
  });
});
