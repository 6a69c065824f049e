import { Environment, SettingsError } from '../settings.js';
import { refuseUnsafe, refuseUnsafeEdge } from './read-safe.js';

function problemsOf(env: Environment): readonly string[] {
  return [refuseUnsafe, refuseUnsafeEdge].flatMap((refuse) => {
    try {
      refuse(env);
      return [];
    } catch (error) {
      if (error instanceof SettingsError) return error.problems;
      throw error;
    }
  });
}

/** Each row alone is refused, in these words; the name in the middle allows it, where there is one. */
const REFUSED: readonly [Environment, string | null, string][] = [
  [{ SLUICE_RABBITMQ_URL: 'amqp://a:b@mq.example.com' }, 'plain-servers', 'use amqps://'],
  [{ SLUICE_RABBITMQ_URL: 'amqp://a:b@8.8.8.8:5672' }, 'plain-servers', 'SLUICE_RABBITMQ_URL'],
  [{ SLUICE_REDIS_URL: 'redis://cache.example.com' }, 'plain-servers', 'use rediss://'],
  [{ SLUICE_POSTGRES_URL: 'postgres://a:b@db.example.com/x' }, 'plain-servers', 'sslmode=verify-full'],
  [{ SLUICE_POSTGRES_URL: 'postgres://a:b@db.example.com/x?sslmode=prefer' }, 'plain-servers', 'sslmode'],
  [{ SLUICE_S3_ENDPOINT: 'http://s3.example.com' }, 'plain-servers', 'SLUICE_S3_ENDPOINT'],
  [{ SLUICE_AZURE_ENDPOINT: 'http://blob.example.com/x' }, 'plain-servers', 'SLUICE_AZURE_ENDPOINT'],
  [{ SLUICE_JWKS_URL: 'http://login.example.com/keys' }, 'plain-servers', 'SLUICE_JWKS_URL'],
  [
    { SLUICE_RABBITMQ_URL: 'amqp://guest:guest@rabbitmq' },
    'known-passwords',
    'SLUICE_RABBITMQ_URL names an account',
  ],
  [{ SLUICE_POSTGRES_URL: 'postgres://postgres:postgres@10.0.0.4/x' }, 'known-passwords', 'everybody knows'],
  [{ SLUICE_AZURE_ACCOUNT: 'devstoreaccount1' }, 'known-passwords', 'SLUICE_AZURE_ACCOUNT'],
  [{ SLUICE_PUBLIC_URL: 'http://sluice.example.com' }, 'plain-url', 'use https://'],
  [{ SLUICE_PUBLIC_URL: 'http://10.0.0.4:3000' }, 'plain-url', 'SLUICE_PUBLIC_URL'],
  [{ SLUICE_RATE_LIMIT_PER_MINUTE: '0' }, 'no-rate-limits', 'SLUICE_RATE_LIMIT_PER_MINUTE is 0'],
  [
    { SLUICE_AUTH_FAILURES_PER_MINUTE: '00', SLUICE_HOST: '10.1.1.1' },
    'no-rate-limits',
    'SLUICE_AUTH_FAILURES',
  ],
  [{ SLUICE_TRUSTED_PROXIES: '10.0.0.1, 0.0.0.0/0' }, null, 'trusts every address'],
  [{ SLUICE_TRUSTED_PROXIES: '::/0' }, null, 'trusts every address'],
  [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, null, 'certificates would not be checked'],
  [{ NODE_ENV: 'production', SLUICE_FAILPOINT: 'worker.claimed' }, null, 'SLUICE_FAILPOINT is set'],
  [{ SLUICE_ALLOW_UNSAFE: 'plain-urls' }, null, 'SLUICE_ALLOW_UNSAFE is not valid'],
];

const TAKEN: readonly Environment[] = [
  {},
  { SLUICE_RABBITMQ_URL: 'amqps://a:b@mq.example.com' },
  { SLUICE_RABBITMQ_URL: 'amqp://a:b@rabbitmq:5672', SLUICE_POSTGRES_URL: 'postgres://a:b@192.168.3.4/x' },
  {
    SLUICE_RABBITMQ_URL: 'amqp://guest:guest@localhost',
    SLUICE_POSTGRES_URL: 'postgres://postgres:postgres@[::1]/x',
  },
  { SLUICE_POSTGRES_URL: 'postgres://a:b@db.example.com/x?sslmode=verify-full' },
  {
    SLUICE_POSTGRES_URL: 'postgres://a:b@db.data.svc.cluster.local/x',
    SLUICE_REDIS_URL: 'redis://[fd00::1]',
  },
  {
    SLUICE_AZURE_ACCOUNT: 'devstoreaccount1',
    SLUICE_AZURE_ENDPOINT: 'http://127.0.0.1:10000/devstoreaccount1',
  },
  { SLUICE_PUBLIC_URL: 'https://sluice.example.com' },
  { SLUICE_PUBLIC_URL: 'http://127.0.0.1:3000' },
  { SLUICE_PUBLIC_URL: 'http://0.0.0.0:3000' },
  { SLUICE_RATE_LIMIT_PER_MINUTE: '0', SLUICE_HOST: '127.0.0.1' },
  { SLUICE_TRUSTED_PROXIES: '10.0.0.0/8' },
  { SLUICE_FAILPOINT: 'worker.claimed' },
  // What is no URL at all is for the schema to say.
  { SLUICE_RABBITMQ_URL: 'mq.example.com', SLUICE_PUBLIC_URL: 'no url' },
];

describe('unsafe settings', () => {
  it.each(REFUSED)('%j is refused, unless %s is allowed', (env, exception, told) => {
    expect(problemsOf(env)).toEqual([expect.stringContaining(told)]);
    if (exception === null) return;
    expect(problemsOf(env)[0]).toContain(`name ${exception} in SLUICE_ALLOW_UNSAFE`);
    expect(problemsOf({ ...env, SLUICE_ALLOW_UNSAFE: `other, ${exception}` })).toEqual([
      expect.stringContaining('SLUICE_ALLOW_UNSAFE is not valid'),
    ]);
    expect(problemsOf({ ...env, SLUICE_ALLOW_UNSAFE: exception })).toEqual([]);
  });

  it.each(TAKEN)('%j is taken', (env) => {
    expect(problemsOf(env)).toEqual([]);
  });

  it('are told all at once, without a value', () => {
    const all = Object.assign({}, ...REFUSED.map(([env]) => env)) as Environment;
    const problems = problemsOf({ ...all, SLUICE_HOST: '0.0.0.0' });
    expect(problems.length).toBeGreaterThan(10);
    expect(problems.join('\n')).not.toMatch(/example|guest|10\.0\./);
  });
});
