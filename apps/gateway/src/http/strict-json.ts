import { SluiceError } from '@sluice/contracts';
import { survivesDouble } from './exact-number.js';

/** Twice the depth of filters that the query language takes (32), and what stands around them. */
export const MAX_JSON_DEPTH = 72;

/** A container that is being walked: the keys met so far, or the number of the item. */
interface Level {
  readonly kind: 'object' | 'array';
  readonly keys: Set<string>;
  key: string;
  index: number;
}

/**
 * Reads JSON (RFC 8259) without forgiving anything that two readers could take in two ways: bytes that are not UTF-8,
 * a key that stands twice, `__proto__`, text with half a surrogate pair, a number that a double would change.
 *
 * @throws SluiceError `invalid-json`; `invalid-request` for a number that would lose digits; `limit-exceeded` for a
 *   depth above 72. Each with the JSON pointer of the place
 */
export function readStrictJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SluiceError('invalid-json', 'The text is not JSON.');
  }
  inspect(text);
  return value;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new SluiceError('invalid-json', 'The text is not UTF-8.');
  }
}

/** Walks the tokens of a text that is known to be JSON, without recursion: a deep text cannot exhaust the stack. */
function inspect(text: string): void {
  const levels: Level[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    switch (text[at]) {
      case '{':
      case '[':
        open(levels, text[at] === '{' ? 'object' : 'array');
        at += 1;
        break;
      case '}':
      case ']':
        levels.pop();
        at += 1;
        break;
      case ',':
        advance(levels);
        at += 1;
        break;
      case ' ':
      case '\n':
      case '\r':
      case '\t':
      case ':':
        at += 1;
        break;
      case '"':
        at = endOfString(text, at);
        inspectString(levels, text.slice(start, at));
        break;
      default:
        at = endOfWord(text, at);
        inspectWord(levels, text.slice(start, at));
    }
  }
}

function open(levels: Level[], kind: Level['kind']): void {
  if (levels.length >= MAX_JSON_DEPTH) {
    throw new SluiceError(
      'limit-exceeded',
      `The body is nested deeper than ${String(MAX_JSON_DEPTH)} levels.`,
      {
        pointer: pointerOf(levels),
        limit: { name: 'depth', value: MAX_JSON_DEPTH },
      },
    );
  }
  levels.push({ kind, keys: new Set(), key: '', index: 0 });
}

function advance(levels: Level[]): void {
  const level = levels.at(-1);
  if (level === undefined) return;
  level.index += 1;
  // An empty key says that the next text is a key again; real keys are held with a mark before them.
  level.key = '';
}

function inspectString(levels: Level[], token: string): void {
  const level = levels.at(-1);
  const isKey = level?.kind === 'object' && level.key === '';
  const hasEscapes = token.includes('\\');
  // UTF-8 holds whole characters: only an escape can write half of one.
  if (!isKey && !hasEscapes) return;
  const text = hasEscapes ? (JSON.parse(token) as string) : token.slice(1, -1);
  if (isKey) level.key = `/${text}`;
  if (hasEscapes && !text.isWellFormed()) throw refuse(levels, 'The text holds half a surrogate pair.');
  if (!isKey) return;
  if (text === '__proto__') throw refuse(levels, 'The key "__proto__" is not allowed.');
  if (level.keys.has(text)) throw refuse(levels, 'The key stands twice in one object.');
  level.keys.add(text);
}

function inspectWord(levels: Level[], word: string): void {
  if (word === '' || !/^[-\d]/.test(word) || survivesDouble(word)) return;
  throw new SluiceError(
    'invalid-request',
    'The number has more digits than a JSON reader keeps; write it as a string.',
    { pointer: pointerOf(levels) },
  );
}

function refuse(levels: readonly Level[], message: string): SluiceError {
  return new SluiceError('invalid-json', message, { pointer: pointerOf(levels) });
}

/** RFC 6901. Text that is no Unicode is mended, so that the pointer can be answered as JSON. */
function pointerOf(levels: readonly Level[]): string {
  return levels
    .map((level) => (level.kind === 'array' ? String(level.index) : level.key.slice(1)))
    .map((part) => `/${part.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** Offset after the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

const WORD = /[-+.\w]+/y;

/** Offset after a number or a literal name. */
function endOfWord(text: string, start: number): number {
  WORD.lastIndex = start;
  return WORD.test(text) ? WORD.lastIndex : start + 1;
}
