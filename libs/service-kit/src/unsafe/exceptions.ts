import { Environment } from '../settings.js';

/** What an installation may allow by name in SLUICE_ALLOW_UNSAFE. */
export const EXCEPTIONS = ['plain-url', 'plain-servers', 'known-passwords', 'no-rate-limits'] as const;
export type Exception = (typeof EXCEPTIONS)[number];

/** Tells what is unsafe about the settings, a sentence each; never a value. */
export type Rule = (env: Environment, allowed: ReadonlySet<string>) => readonly string[];

const NAME = 'SLUICE_ALLOW_UNSAFE';

export function allowedIn(env: Environment): ReadonlySet<string> {
  const names = (env[NAME] ?? '').split(',').map((name) => name.trim());
  return new Set(names.filter((name) => name !== ''));
}

/** Refuses exceptions that nobody knows: a misspelt one allows nothing. */
export const knownExceptions: Rule = (_, allowed) => {
  const known: readonly string[] = EXCEPTIONS;
  return [...allowed].some((name) => !known.includes(name))
    ? [`${NAME} is not valid: expected names with commas between them, of ${EXCEPTIONS.join(', ')}.`]
    : [];
};

/** A sentence with the way out of it. */
export function unless(exception: Exception, sentence: string): string {
  return `${sentence} (to allow it, name ${exception} in ${NAME}).`;
}
