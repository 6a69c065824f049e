/** A text literal of our own: quotes doubled, a backslash is a plain character. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * A number from 0 up to but not 1, drawn for a row and a purpose: the same on every machine and with every version of the engine, since it
 * comes from MD5. The upper 53 bits, which a double holds exactly.
 */
export function draw(rowId: string, purpose: string): string {
  return `((md5_number_lower(${rowId} || ${sqlText(`:${purpose}`)}) >> 11)::double / 9007199254740992)`;
}

/** One of some texts, each as likely as the other. */
export function pick(texts: readonly string[], drawn: string): string {
  return `[${texts.map(sqlText).join(', ')}][1 + floor(${drawn} * ${texts.length})::integer]`;
}

/** One of some texts by their weights, which add up to 100. */
export function pickWeighted(weights: Readonly<Record<string, number>>, drawn: string): string {
  let below = 0;
  const cases = Object.entries(weights).map(([text, weight]) => {
    below += weight;
    return `when ${drawn} < ${below / 100} then ${sqlText(text)}`;
  });
  return `case ${cases.join(' ')} end`;
}
