/** A text literal of our own: quotes doubled, a backslash is a plain character. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Rows numbered from 1 in column `i`, each with a number from 0 up to but not 1 for every purpose, in a column of its name. They are the
 * same on every machine and with every version of the engine, since they come from MD5; one digest gives two, because digests are what
 * takes the time: six for a million rows cost 4 s on two cores.
 */
export function numberedDraws(seed: string, count: number, purposes: readonly string[]): string {
  const digests = purposes.filter((_, index) => index % 2 === 0);
  const hashes = digests.map(
    (purpose, index) => `md5_number_lower(i || ${sqlText(`:${seed}:${purpose}`)}) as h${index}`,
  );
  const columns = purposes.map((purpose, index) => {
    const hash = `h${Math.floor(index / 2)}`;
    const half = index % 2 === 0 ? `(${hash} >> 32)` : `(${hash} & 4294967295)`;
    return `${half}::double / 4294967296 as ${purpose}`;
  });
  return `select i, ${columns.join(', ')} from (select i, ${hashes.join(', ')} from range(1, ${count + 1}) numbers(i))`;
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
