/** What can stand twice in a text and cost nothing: a placeholder, a column, a number. */
const PLAIN = /^(?:\$\d+|(?:\w+\.)?\w+|"[^"]*")$/;

/**
 * SQL that says each argument once, however often `body` says it: otherwise nesting would double the text at every level. An
 * argument that is no plain name becomes the argument of a lambda, so that the engine computes it once as well.
 */
export function once(args: readonly string[], body: (args: readonly string[]) => string): string {
  if (args.every((arg) => PLAIN.test(arg))) return body(args);
  if (args.length === 1) return `list_transform([${args.join()}], lambda x: ${body(['x'])})[1]`;
  const fields = args.map((arg, index) => `x${index} := ${arg}`).join(', ');
  const names = args.map((_, index) => `x.x${index}`);
  return `list_transform([struct_pack(${fields})], lambda x: ${body(names)})[1]`;
}
