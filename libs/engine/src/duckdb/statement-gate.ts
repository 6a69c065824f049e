import { ALLOWED_FUNCTIONS, WORDS_BEFORE_BRACKETS } from './allowed-functions.js';

/**
 * One token at a time, as far as it matters here: a text; a quoted name, with the bracket that makes it a call; a plain word, with the bracket,
 * or the quote that makes it an escape string; or what stands in no compiled statement: a comment, a second statement, text between dollars.
 */
const TOKEN =
  /'(?:[^']|'')*'|(?<name>"(?:[^"]|"")*")(?<called>\s*\()?|(?<word>[a-z_][a-z0-9_]*)(?<after>\s*\(|['"])?|(?<never>--|\/\*|;|\$[^0-9]|["'\\]|[^\0-\x7f])/gi;
/** Texts alone; a quoted name is matched as itself, so that no quote within one begins a text. */
const TEXT = /'(?:[^']|'')*'|("(?:[^"]|"")*")/g;
const BEGINS = /^(?:select|with)\s/i;
/** Words that read the shape of the data rather than the data, begin another kind of statement, or a loop over a list. */
const NEVER_WORDS =
  /^(?:attach|describe|for|into|lambda|pivot|pivot_wider|positional|pragma|show|summarize|unpivot|pragma_.*|pg_.*)$/;
/** The engine's own catalogue. */
const SYSTEM_NAMES = /^"?(?:duckdb_.*|sqlite_.*|information_schema|pg_catalog|pragma_database_list)"?$/i;
/** Anything read but a nested select, a name given within the statement, or the one table of an attached file. */
const OTHER_SOURCE =
  /\b(?<!\bdistinct\s)(?:from|join)\s+(?!\s|\(|[a-z][a-z0-9_]*(?![a-z0-9_]|\s*[.(])|"(?:[^"]|"")*"\."main"\."rows"(?![".]))/i;

/**
 * Refuses a statement that is not one reading statement over tables and the closed list of functions. The compiler cannot write any other;
 * this stands behind it, since the engine has no rights that could be taken away: its settings close no table function over the catalogue,
 * no `query('…')`, no logging to memory, no `detach`.
 *
 * Throws an Error that names the function or word: a fault of the program, never of a caller.
 */
export function assertReadingStatement(sql: string): void {
  if (!BEGINS.test(sql)) throw refused('does not begin with select or with');
  for (const { groups = {} } of sql.matchAll(TOKEN)) {
    const { name, called, word, after, never } = groups;
    if (never !== undefined) throw refused(`holds ${never} outside of a text`);
    if (called !== undefined) throw refused('calls a function by a quoted name');
    if (SYSTEM_NAMES.test(name ?? word ?? '')) throw refused(`reads ${name ?? word ?? ''}`);
    if (word !== undefined) assertWord(word.toLowerCase(), after?.trim());
  }
  if (OTHER_SOURCE.test(sql.replaceAll(TEXT, (_, name: string | undefined) => name ?? `''`)))
    throw refused('reads something else than a table of the data');
}

function assertWord(word: string, after: string | undefined): void {
  if (NEVER_WORDS.test(word)) throw refused(`says ${word}`);
  if (after === `'` || after === '"') throw refused(`has ${word} right before a quote`);
  if (after === '(' && !ALLOWED_FUNCTIONS.has(word) && !WORDS_BEFORE_BRACKETS.has(word)) {
    throw refused(`calls ${word}`);
  }
}

function refused(what: string): Error {
  return new Error(`a statement that ${what} is refused`);
}
