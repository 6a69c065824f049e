import { isRole, SluiceError, type Principal } from '@sluice/contracts';
import { type JWTPayload } from 'jose';
import { type ClaimNames } from '../gateway.config.js';
import { readPolicyClaims } from './policy-claims.js';

const MAX_TENANTS = 100;
const MAX_TEXT = 200;

/**
 * Makes a principal out of verified claims. `sub` is required; the client is the configured claim, else `azp`, else the
 * subject; tenants and roles are a text or a list of texts. Roles that are not ours are ignored: the token may serve
 * other systems too. Further claims are carried as configured.
 *
 * @throws SluiceError `unauthenticated` without a subject, `tenant-required`, `role-required`, `claim-required`
 */
export function principalFromClaims(claims: JWTPayload, names: ClaimNames): Principal {
  const subject = textOf(claims.sub);
  if (subject === null) throw new SluiceError('unauthenticated', 'The token names no subject.');
  const [first, ...others] = textsOf(claimAt(claims, names.tenants));
  if (first === undefined) throw new SluiceError('tenant-required', 'The token names no tenant.');
  if (others.length >= MAX_TENANTS) {
    throw new SluiceError('tenant-required', `The token names more than ${String(MAX_TENANTS)} tenants.`);
  }
  const roles = textsOf(claimAt(claims, names.roles)).filter(isRole);
  if (roles.length === 0) {
    throw new SluiceError('role-required', 'The token holds none of the roles viewer, exporter, admin.');
  }
  const clientId = textOf(claimAt(claims, names.client)) ?? textOf(claims['azp']) ?? subject;
  const principal = { subject, clientId, tenants: [first, ...others], roles } as const;
  const further = furtherClaims(claims, names.policy);
  return Object.keys(further).length === 0 ? principal : { ...principal, claims: further };
}

function furtherClaims(claims: object, policy: ClaimNames['policy']): NonNullable<Principal['claims']> {
  if (policy.kind === 'named') return readPolicyClaims(policy.names, (name) => claimAt(claims, name));
  const own = claimAt(claims, policy.name);
  if (typeof own !== 'object' || own === null || Array.isArray(own)) return {};
  // Names of an object are looked up as they are: a dot in one leads nowhere.
  return readPolicyClaims(Object.keys(own), (name) => (own as Record<string, unknown>)[name]);
}

/** The claim of that very name (names may hold dots, as URLs do), else the one that its dots lead to. */
function claimAt(claims: object, name: string): unknown {
  if (Object.hasOwn(claims, name)) return (claims as Record<string, unknown>)[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function textsOf(value: unknown): string[] {
  const items = Array.isArray(value) ? (value as unknown[]) : [value];
  const texts = items.map(textOf).filter((text) => text !== null);
  return [...new Set(texts)];
}

function textOf(value: unknown): string | null {
  const usable =
    typeof value === 'string' && value !== '' && value.length <= MAX_TEXT && value.isWellFormed();
  // A NUL cannot be kept in a database text.
  return usable && !value.includes('\0') ? value : null;
}
