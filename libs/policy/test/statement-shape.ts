/** A derived table with a base table in it, and what stands around them. */
export interface InnerSelect {
  readonly table: string;
  readonly where: string;
}

/** Splits a statement into tokens: quoted names, texts, words, placeholders and signs. */
export const tokensOf = (sql: string): readonly string[] =>
  sql.match(/"(?:[^"]|"")*"|'(?:[^']|'')*'|\$\d+|\w+|[^\s\w]/g) ?? [];

/** Finds each base table; throws where one stands anywhere but directly behind the `from` of an innermost select. */
export function innerSelectsOf(sql: string): readonly InnerSelect[] {
  const tokens = tokensOf(sql);
  const found: InnerSelect[] = [];
  tokens.forEach((token, index) => {
    if (token !== '"rows"') return;
    const [table, dot, main, dot2] = tokens.slice(index - 4, index);
    if (dot !== '.' || dot2 !== '.' || main !== '"main"' || tokens[index - 5] !== 'from') {
      throw new Error(`A table stands in an odd place: ${tokens.slice(index - 8, index + 3).join(' ')}`);
    }
    const start = openingOf(tokens, index);
    const end = closingOf(tokens, index);
    const inner = tokens.slice(start + 1, end);
    if (inner[0] !== 'select' || inner.filter((each) => each === 'select').length !== 1) {
      throw new Error('A table does not stand in an innermost select of its own.');
    }
    // A derived table: what stands before it joins or reads it, and it has a name.
    expect(['from', 'join']).toContain(tokens[start - 1]);
    expect(tokens[end + 1]).toMatch(/^s\d+$/);
    const rest = tokens.slice(index + 1, end);
    if (rest.length > 0 && rest[0] !== 'where') throw new Error(`After the table stands ${rest.join(' ')}`);
    found.push({ table: (table ?? '').slice(1, -1), where: rest.slice(1).join(' ') });
  });
  return found;
}

/** The bracket that is open at `index`, and the one that closes it. */
function openingOf(tokens: readonly string[], index: number): number {
  let depth = 0;
  for (let at = index; at >= 0; at -= 1) {
    if (tokens[at] === ')') depth += 1;
    if (tokens[at] === '(' && depth-- === 0) return at;
  }
  throw new Error('A table stands outside of all brackets.');
}

function closingOf(tokens: readonly string[], index: number): number {
  let depth = 0;
  for (let at = index; at < tokens.length; at += 1) {
    if (tokens[at] === '(') depth += 1;
    if (tokens[at] === ')' && depth-- === 0) return at;
  }
  throw new Error('A bracket is not closed.');
}
