import { ALLOWED_FUNCTIONS, WORDS_BEFORE_BRACKETS } from './allowed-functions.js';

/** A statement is looked at with each text and quoted name in it replaced by one of these, which it may not hold itself. */
const [TEXT, NAME, MAIN, ROWS] = ['\x01', '\x02', '\x03', '\x04'];
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

/** What a statement may not hold, and how to say so. In order, so that the first that fits says most. */
const FORBIDDEN: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^(?!(?:select|with)\s)/i, 'does not begin with select or with'],
  [/;/, 'holds ; outside of a text'],
  [/--|\/\*/, 'holds a comment'],
  [/\$(?!\d)/, 'holds $ without a number'],
  [/['"\\]/, 'holds an open text, name or escape'],
  [/[^\0-\x7f]/, 'holds a foreign letter outside of a text'],
  [/[a-z0-9_][\x01-\x04]/i, 'has a word right before a quote'],
  [/[\x02-\x04]\s*\(/, 'calls a function by a quoted name'],
  [
    /\b(?:duckdb_\w*|sqlite_\w*|pragma_\w*|pg_\w*|information_schema)\b/i,
    'reads the catalogue of the engine',
  ],
  [
    /\b(?:attach|describe|for|into|pivot|pivot_wider|positional|pragma|show|summarize|unpivot)\b/i,
    'does more than read tables',
  ],
  // Anything but a nested select, a name given within the statement, or the one table of an attached file.
  [
    /\b(?<!\bdistinct\s)(?:from|join)\s+(?!\s|\(|[a-z]\w*(?!\w|\s*[.(])|[\x02-\x04]\.\x03\.\x04(?![.\x02-\x04]))/i,
    'reads something else than a table of the data',
  ],
];
const CALL = /\b([a-z_]\w*)\s*\(/gi;
/** The engine's own catalogue, by quoted names. */
const SYSTEM_NAME = /^"(?:duckdb_|sqlite_|information_schema"|pg_catalog"|pragma_database_list")/i;

/**
 * Refuses a statement that is not one reading statement over tables and the closed list of functions. The compiler cannot write any other;
 * this stands behind it, since the engine has no rights that could be taken away: its settings close no table function over the catalogue,
 * no `query('…')`, no logging to memory, no `detach`. Done once for each text that is prepared; takes less than 0.1 ms a kilobyte, of a millisecond
 * that preparing takes.
 *
 * Throws an Error that says why: a fault of the program, never of a caller.
 */
export function assertReadingStatement(sql: string): void {
  if (/[\x01-\x04]/.test(sql)) throw refused('holds a control character');
  const bare = sql.replace(QUOTED, placeholder);
  for (const [, word = ''] of bare.matchAll(CALL)) {
    const name = word.toLowerCase();
    if (!ALLOWED_FUNCTIONS.has(name) && !WORDS_BEFORE_BRACKETS.has(name)) throw refused(`calls ${name}`);
  }
  for (const [pattern, what] of FORBIDDEN) if (pattern.test(bare)) throw refused(what);
}

function placeholder(quoted: string): string {
  if (quoted.startsWith("'")) return TEXT;
  if (SYSTEM_NAME.test(quoted)) throw refused(`reads ${quoted}`);
  if (quoted === '"main"') return MAIN;
  return quoted === '"rows"' ? ROWS : NAME;
}

function refused(what: string): Error {
  return new Error(`a statement that ${what} is refused`);
}
