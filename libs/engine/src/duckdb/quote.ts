/** Quotes an identifier. Names come from the catalogue's alphabet or from a file's header, never from a query. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text where the engine's grammar takes no parameter: paths and COPY options of our own. A backslash is a plain character. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
