import { Principal } from '@sluice/contracts';

/** What every principal has; a claim of the token of such a name is never looked at. */
const BUILT_IN: Readonly<Record<string, (principal: Principal) => readonly string[]>> = {
  subject: ({ subject }) => [subject],
  client: ({ clientId }) => [clientId],
  tenant: ({ tenants }) => tenants,
};

const CLAIM = /^\$\{([^${}]+)\}$/;

/** The name in `${name}`; undefined for any other value. */
export function claimIn(value: unknown): string | undefined {
  return typeof value === 'string' ? CLAIM.exec(value)?.[1] : undefined;
}

/** The values of a claim; undefined when the principal has none of that name. */
export function claimValues(principal: Principal, name: string): readonly string[] | undefined {
  if (Object.hasOwn(BUILT_IN, name)) return BUILT_IN[name]?.(principal);
  const { claims = {} } = principal;
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === 'string' ? [value] : value;
}
