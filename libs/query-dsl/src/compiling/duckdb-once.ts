/** What can stand twice in a text and cost nothing: a placeholder, a column, a number. */
const PLAIN = /^(?:\$\d+|(?:\w+\.)?\w+|"[^"]*")$/;

/** Name of a lambda's argument: one that no column of the catalogue has. */
const ARGUMENT = '"·"';

/** A list with `body` of each of its items. */
export const mapped = (list: string, body: (item: string) => string): string =>
  `list_transform(${list}, lambda ${ARGUMENT}: ${body(ARGUMENT)})`;

/**
 * SQL that says each argument once, however often `body` says it: otherwise nesting would double the text at every level. An
 * argument that is no plain name becomes the argument of a lambda, so that the engine computes it once as well.
 */
export function once(args: readonly string[], body: (args: readonly string[]) => string): string {
  if (args.every((arg) => PLAIN.test(arg))) return body(args);
  if (args.length === 1) return `${mapped(`[${args.join()}]`, (arg) => body([arg]))}[1]`;
  const fields = args.map((arg, index) => `x${index} := ${arg}`).join(', ');
  const names = args.map((_, index) => `${ARGUMENT}.x${index}`);
  return `${mapped(`[struct_pack(${fields})]`, () => body(names))}[1]`;
}
