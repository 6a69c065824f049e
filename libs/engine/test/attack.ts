/**
 * What the engine answers to raw SQL on a connection of a locked instance:
 *
 * - `refused`: with an error of this kind, which is the proof that something stands in the way;
 * - `harmless`: it runs (or fails for a reason of its own) and reaches nothing, `because` …;
 * - `open`: it reaches something that no setting closes; only the gate before the engine and the compiler do, `because` …;
 * - `breaks`: as `open`, and the instance answers nothing more about the data afterwards.
 */
export type Outcome =
  | { readonly kind: 'refused'; readonly by: ErrorKind }
  | { readonly kind: 'harmless'; readonly because: string }
  | { readonly kind: 'open' | 'breaks'; readonly because: string };

/** How the engine's message begins for each kind. */
export const ERROR_KINDS = {
  Permission: /^Permission Error: /,
  Configuration: /^Invalid Configuration Error: /,
  Settings: /^Invalid Input Error: Cannot change configuration option /,
  Input: /^Invalid Input Error: (?:Persistent secrets are disabled|Cannot enable 'file' log storage)/,
  Catalog: /^Catalog Error: /,
  Extension: /^(?:Permission|Missing Extension) Error: /,
  ReadOnly:
    /^Invalid Input Error: Cannot execute statement of type "[A-Z_ ]+" on database "[a-z]+" which is attached in read-only mode/,
} as const;

type ErrorKind = keyof typeof ERROR_KINDS;

export interface Attack {
  readonly group: string;
  /** `{data}` is the data file, `{own}` a file beside it, `{out}` a path that must stay empty, `{link}` a link to the data file. */
  readonly sql: string;
  readonly outcome: Outcome;
}

export const group = (name: string, outcome: Outcome, ...statements: readonly string[]): readonly Attack[] =>
  statements.map((sql) => ({ group: name, sql, outcome }));
export const refused = (by: ErrorKind): Outcome => ({ kind: 'refused', by });
export const harmless = (because: string): Outcome => ({ kind: 'harmless', because });
export const open = (because: string): Outcome => ({ kind: 'open', because });
