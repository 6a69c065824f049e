import { SluiceError, type Principal } from '@sluice/contracts';

export const MAX_CLAIM_VALUES = 100;
export const MAX_CLAIM_LENGTH = 200;
/** What `${name}` of the policy means for every principal, so that no claim can have these names. */
export const RESERVED_CLAIMS: readonly string[] = ['subject', 'client', 'tenant'];

/** A name that `${name}` can hold; dots look into objects, slashes and colons stand in URLs. */
export const CLAIM_NAME = /^[A-Za-z][\w.:/-]{0,199}$/;

type Claims = NonNullable<Principal['claims']>;

/**
 * Reads the claims that row filters of the policy may name. A claim is a text, a number, true or false, or a list of them, kept as
 * texts; one that is missing or null is left out.
 *
 * @param claimAt looks a claim of the token up
 * @throws SluiceError `claim-required` naming the claim, for anything else: nothing is guessed where it decides on rows
 */
export function readPolicyClaims(names: readonly string[], claimAt: (name: string) => unknown): Claims {
  const found = names.flatMap((name): [string, Claims[string]][] => {
    const value = claimAt(name);
    return value === undefined || value === null ? [] : [[name, readClaim(name, value)]];
  });
  return Object.fromEntries(found);
}

function readClaim(name: string, value: unknown): Claims[string] {
  if (!Array.isArray(value)) return readText(name, value);
  if (value.length > MAX_CLAIM_VALUES) {
    throw badClaim(name, `holds more than ${String(MAX_CLAIM_VALUES)} values`);
  }
  return (value as unknown[]).map((item) => readText(name, item));
}

function readText(name: string, value: unknown): string {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value);
  if (typeof value !== 'string')
    throw badClaim(name, 'is no text, number, true or false, nor a list of them');
  if (value.length > MAX_CLAIM_LENGTH) {
    throw badClaim(name, `holds a value of more than ${String(MAX_CLAIM_LENGTH)} characters`);
  }
  if (!value.isWellFormed() || value.includes('\0'))
    throw badClaim(name, 'holds a value that is no proper text');
  return value;
}

function badClaim(name: string, what: string): SluiceError {
  return new SluiceError('claim-required', `The claim "${name}" ${what}.`);
}
