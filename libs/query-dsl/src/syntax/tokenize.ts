import { refusal } from '../refusal.js';

export type TokenKind = 'name' | 'number' | 'text' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Names as written; texts without their quotes; symbols as they are. */
  readonly text: string;
  /** Offset of the first character. */
  readonly position: number;
}

/** One alternative a kind, tried at the current offset; quantifiers never overlap, so matching stays linear. */
const TOKEN =
  /\s*(?:(?<name>[A-Za-z_]\w*)|(?<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)|'(?<text>[^']*(?:''[^']*)*)'|(?<symbol><=|>=|<>|!=|[-+*/%=<>(),.]))/y;

/** Cuts an expression into tokens, the last of kind `end`. Throws `invalid-expression` with the position. */
export function tokenize(source: string, pointer: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const end = source.trimEnd().length;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const match = pattern.exec(source);
    if (!match?.groups) throw unreadable(source, from, pointer);
    const { name, number, text, symbol } = match.groups;
    const length = match[0].trimStart().length;
    const position = pattern.lastIndex - length;
    if (name !== undefined) tokens.push({ kind: 'name', text: name, position });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, position });
    else if (text !== undefined) tokens.push({ kind: 'text', text: text.replaceAll("''", "'"), position });
    else tokens.push({ kind: 'symbol', text: symbol === '!=' ? '<>' : (symbol ?? ''), position });
  }
  return [...tokens, { kind: 'end', text: '', position: end }];
}

function unreadable(source: string, from: number, pointer: string): Error {
  const position = from + (source.slice(from).length - source.slice(from).trimStart().length);
  const what = source[position] === "'" ? 'A text is not closed' : `"${source[position]}" is not expected`;
  return refusal('invalid-expression', `${what} at character ${position + 1}.`, { pointer, position });
}
