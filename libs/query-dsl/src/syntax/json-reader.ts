import { refusal } from '../refusal.js';
import { suggest } from '../suggest.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Appends a key to a JSON pointer (RFC 6901). */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Checks that `value` is an object with no other than the `known` keys. */
export function readObject(
  value: unknown,
  pointer: string,
  what: string,
  known: readonly string[],
): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refusal('invalid-request', `${what} must be an object.`, { pointer });
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const message = `${what} has no key "${key.slice(0, 64)}"; it takes ${known.join(', ')}.`;
    throw refusal('unknown-key', message, { pointer: pointerTo(pointer, key) }, suggest(key, known));
  }
  return value as JsonObject;
}

export function readArray(value: unknown, pointer: string, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw refusal('invalid-request', `${what} must be an array.`, { pointer });
  return value;
}

export function readText(value: unknown, pointer: string, what: string): string {
  if (typeof value !== 'string') throw refusal('invalid-request', `${what} must be a text.`, { pointer });
  if (!value.isWellFormed()) {
    throw refusal('invalid-request', `${what} is not well-formed Unicode: it holds half of a character.`, {
      pointer,
    });
  }
  return value;
}

/** One of `choices`; the first when the key is absent. */
export function readChoice<T extends string>(
  value: unknown,
  pointer: string,
  what: string,
  choices: readonly [T, ...T[]],
): T {
  if (value === undefined) return choices[0];
  if (choices.includes(value as T)) return value as T;
  throw refusal('invalid-request', `${what} must be one of ${choices.join(', ')}.`, { pointer });
}

/** A boolean; false when the key is absent. */
export function readFlag(value: unknown, pointer: string, what: string): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw refusal('invalid-request', `${what} must be true or false.`, { pointer });
}

/** A whole number, not below `least`. */
export function readWhole(value: unknown, pointer: string, what: string, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw refusal('invalid-request', `${what} must be a whole number, ${least} or more.`, { pointer });
}
