import { z } from 'zod';

/** The type with every key required and nothing writable, so that two types that differ in an optional key differ here as well. */
type Whole<T> = T extends Uint8Array ? T : T extends object ? { readonly [K in keyof T]-?: Whole<T[K]> } : T;
type Same<A, B> = Whole<A> extends Whole<B> ? (Whole<B> extends Whole<A> ? true : false) : false;

/**
 * Ties a schema to the type that it checks: `agreeing<Origin>()(z.object(…))` does not compile as soon as one of the two knows a
 * field that the other does not.
 */
export function agreeing<T>() {
  return <S extends z.ZodType<T>>(schema: Same<T, z.output<S>> extends true ? S : never): S => schema;
}
