import { Rule, unless } from './exceptions.js';
import { hostOf, isReachable, isThisMachine } from './hosts.js';

/** Tokens, answers and signed links would cross the network readable. */
export const publicUrlEncrypted: Rule = (env, allowed) => {
  const url = env['SLUICE_PUBLIC_URL'] ?? '';
  const host = hostOf(url);
  if (host === undefined || !url.startsWith('http:') || isThisMachine(host)) return [];
  if (allowed.has('plain-url')) return [];
  return [
    unless('plain-url', 'SLUICE_PUBLIC_URL begins with http:// and leads to another machine: use https://'),
  ];
};

/** Whoever asks would choose the address that is counted and recorded. */
export const proxiesNamed: Rule = (env) => {
  const names = (env['SLUICE_TRUSTED_PROXIES'] ?? '').split(',').map((name) => name.trim());
  return names.some((name) => name === '*' || name === 'true' || /\/0+$/.test(name))
    ? ['SLUICE_TRUSTED_PROXIES trusts every address: name the proxies.']
    : [];
};

/** A door that everybody can try, as often as they like. */
export const limitsOn: Rule = (env, allowed) => {
  if (allowed.has('no-rate-limits') || !isReachable(env['SLUICE_HOST'] || '0.0.0.0')) return [];
  return ['SLUICE_RATE_LIMIT_PER_MINUTE', 'SLUICE_AUTH_FAILURES_PER_MINUTE']
    .filter((name) => /^0+$/.test(env[name] ?? ''))
    .map((name) =>
      unless('no-rate-limits', `${name} is 0 although SLUICE_HOST can be reached from elsewhere`),
    );
};
