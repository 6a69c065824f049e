import { z } from 'zod';

/** Variables as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings are not usable. `problems` has one sentence for each bad variable; values are never repeated. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
  }
}

/**
 * Reads an app's settings once, at its start. An empty variable counts as one that is not set.
 *
 * @param schema an object schema whose keys are variable names; it may end in a transform
 * @throws SettingsError that lists every bad variable
 */
export function readSettings<T>(schema: z.ZodType<T>, env: Environment): T {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const read = schema.safeParse(set);
  if (read.success) return read.data;
  throw new SettingsError(read.error.issues.map((issue) => describe(issue, set)));
}

/** A reader of what a schema says. */
export function readerOf<T>(schema: z.ZodType<T>): (env: Environment) => T {
  return (env) => readSettings(schema, env);
}

/** By name, what reads each part of the settings; a reader throws SettingsError. */
export type SettingsReaders<S> = { readonly [K in keyof S]: (env: Environment) => S[K] };

/**
 * Reads several parts at once, so that one start tells the problems of all.
 *
 * @throws SettingsError with every problem of every reader, each once
 */
export function readTogether<S>(env: Environment, readers: SettingsReaders<S>): S {
  const problems = new Set<string>();
  const read: Partial<S> = {};
  for (const name of Object.keys(readers) as (keyof S)[]) {
    try {
      read[name] = readers[name](env);
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      for (const problem of error.problems) problems.add(problem);
    }
  }
  if (problems.size > 0) throw new SettingsError([...problems]);
  return read as S;
}

function describe(issue: z.core.$ZodIssue, set: object): string {
  const name = issue.path.map(String).join('.');
  if (name === '') return sentence(issue.message);
  if (issue.code === 'invalid_type' && !Object.hasOwn(set, name)) return `${name} is not set, but required.`;
  return sentence(`${name} is not valid: ${issue.message}`);
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

/** An integer in decimal digits, between `min` and `max`. */
export function integerSetting(min: number, max: number): z.ZodType<number, string> {
  const expected = `expected a whole number from ${String(min)} to ${String(max)}`;
  return z
    .string()
    .regex(/^-?\d{1,15}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
}

/** `true`/`false`, `1`/`0`, `on`/`off`, `yes`/`no`. */
export function flagSetting(): z.ZodType<boolean, string> {
  return z.stringbool({
    truthy: ['true', '1', 'on', 'yes'],
    falsy: ['false', '0', 'off', 'no'],
    error: 'expected true or false',
  });
}

/** A TCP port; 0 lets the system choose one. */
export function portSetting(): z.ZodType<number, string> {
  return integerSetting(0, 65_535);
}

/** Text with commas between its items; blanks around an item do not count. */
export function listSetting(): z.ZodType<string[], string> {
  return z.string().transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );
}

/** Words of examples, which somebody was to replace. */
const PLACEHOLDER =
  /change.?me|replace.?(me|this)|your.?(own.?)?secret|placeholder|example|insecure|default|do.?not.?use/i;
/** Random text of 32 characters has more, whatever its alphabet: 32 hex digits have fewer than 8 once in some hundred million. */
const FEWEST_CHARACTERS = 8;

/** A secret that keys are derived from: long, and not one that anybody could think of. */
export function secretSetting(): z.ZodType<string, string> {
  return z
    .string()
    .min(32, { error: 'expected at least 32 characters', abort: true })
    .refine(
      (text) => new Set(text).size >= FEWEST_CHARACTERS,
      'expected random characters, not a few repeated ones',
    )
    .refine((text) => !PLACEHOLDER.test(text), 'expected a secret of your own, not one of an example');
}
