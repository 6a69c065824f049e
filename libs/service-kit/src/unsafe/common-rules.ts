import { Environment } from '../settings.js';
import { Rule, unless } from './exceptions.js';
import { hostOf, isPrivate, isThisMachine } from './hosts.js';

/** How a URL says that what it leads to is spoken to over TLS. */
type Encrypted = (url: URL) => boolean;
const byScheme: Encrypted = ({ protocol }) => ['amqps:', 'rediss:', 'https:'].includes(protocol);
const bySslMode: Encrypted = ({ searchParams }) =>
  ['require', 'verify-ca', 'verify-full'].includes(searchParams.get('sslmode') ?? '');

const SERVERS: Readonly<Record<string, { readonly encrypted: Encrypted; readonly how: string }>> = {
  SLUICE_RABBITMQ_URL: { encrypted: byScheme, how: 'amqps://' },
  SLUICE_REDIS_URL: { encrypted: byScheme, how: 'rediss://' },
  SLUICE_POSTGRES_URL: { encrypted: bySslMode, how: 'sslmode=verify-full' },
  SLUICE_S3_ENDPOINT: { encrypted: byScheme, how: 'https://' },
  SLUICE_AZURE_ENDPOINT: { encrypted: byScheme, how: 'https://' },
  SLUICE_JWKS_URL: { encrypted: byScheme, how: 'https://' },
};

/** Accounts that come with a server, or stand in its examples. */
const KNOWN_ACCOUNTS = ['guest:guest', 'postgres:postgres', 'admin:admin', 'user:password', 'root:root'];
/** The account key that every copy of the storage emulator knows (its own documentation prints it). */
const EMULATOR_ACCOUNT = 'devstoreaccount1';

/** Passwords and data cross networks of others readable. */
export const plainServers: Rule = (env, allowed) =>
  allowed.has('plain-servers')
    ? []
    : Object.entries(SERVERS).flatMap(([name, { encrypted, how }]) => {
        const url = urlIn(env, name);
        if (!url || encrypted(url) || isPrivate(hostOf(url.href) ?? '')) return [];
        return [unless('plain-servers', `${name} leads to a public host without TLS: use ${how}`)];
      });

/** Whoever reaches the server is in. */
export const knownPasswords: Rule = (env, allowed) => {
  if (allowed.has('known-passwords')) return [];
  const inUrls = ['SLUICE_RABBITMQ_URL', 'SLUICE_POSTGRES_URL'].filter((name) => {
    const url = urlIn(env, name);
    return (
      url &&
      KNOWN_ACCOUNTS.includes(`${url.username}:${url.password}`) &&
      !isThisMachine(hostOf(url.href) ?? '')
    );
  });
  const emulator = env['SLUICE_AZURE_ACCOUNT'] === EMULATOR_ACCOUNT && !isLocalEndpoint(env);
  return [...inUrls, ...(emulator ? ['SLUICE_AZURE_ACCOUNT'] : [])].map((name) =>
    unless('known-passwords', `${name} names an account that everybody knows`),
  );
};

function isLocalEndpoint(env: Environment): boolean {
  return isThisMachine(hostOf(env['SLUICE_AZURE_ENDPOINT'] ?? '') ?? '');
}

/** With it Node takes any certificate, from whoever stands in between. */
export const certificatesChecked: Rule = (env) =>
  env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
    ? [
        'NODE_TLS_REJECT_UNAUTHORIZED is 0: certificates would not be checked; give NODE_EXTRA_CA_CERTS the authority instead.',
      ]
    : [];

/** A process that is to kill itself has no place there. */
export const noFailpointInProduction: Rule = (env) =>
  env['NODE_ENV'] === 'production' && (env['SLUICE_FAILPOINT'] ?? '') !== ''
    ? ['SLUICE_FAILPOINT is set although NODE_ENV is production.']
    : [];

/** Undefined for what is not set, and for what is no URL: its schema says so. */
function urlIn(env: Environment, name: string): URL | undefined {
  const text = env[name] ?? '';
  return URL.canParse(text) ? new URL(text) : undefined;
}
